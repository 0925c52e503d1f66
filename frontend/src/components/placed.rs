//! An element at a place in pixels, set through its style object: the content policy forbids style attributes.

use crate::dom;
use yew::prelude::*;

/// Left edge, top edge, width, height, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Across; 0: as wide as it likes.
    pub width: u32,
    /// Down; 0: as high as it likes.
    pub height: u32,
}

/// Keeps an element at a place.
#[hook]
pub fn use_place(node: &NodeRef, place: Place) {
    let node = node.clone();
    use_effect_with(place, move |place: &Place| {
        let px = |n: u32| if n == 0 { "auto".to_owned() } else { format!("{n}px") };
        dom::set_style(&node, "left", &format!("{}px", place.x));
        dom::set_style(&node, "top", &format!("{}px", place.y));
        dom::set_style(&node, "width", &px(place.width));
        dom::set_style(&node, "height", &px(place.height));
    });
}
