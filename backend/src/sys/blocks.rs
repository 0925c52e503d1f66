//! Many words of shared memory at once, to and from memory of this process's own.
#![expect(
    unsafe_code,
    reason = "others write to shared memory meanwhile: only assembly may read it as anything but atomics"
)]

/// Bytes of a block: what is longer is moved in blocks, each with four instructions there and four back.
pub(super) const BLOCK: usize = 64;

/// Moves blocks, front to back: how many bytes that were. Each word of a side that is aligned to words is read and written
/// whole, since no instruction's half lies across two cache lines.
///
/// # Safety
/// So many blocks can be read from the one place and written to the other, and they do not overlap.
#[cfg(target_arch = "x86_64")]
pub(super) unsafe fn move_blocks(from: *const u8, to: *mut u8, blocks: usize) -> usize {
    let len = blocks * BLOCK;
    if len > 0 {
        // SAFETY: reads and writes `len` bytes, as the caller allows; in assembly, since others may write there meanwhile.
        unsafe {
            std::arch::asm!(
                "2:",
                "movdqu {a}, [{from} + {at}]",
                "movdqu {b}, [{from} + {at} + 16]",
                "movdqu {c}, [{from} + {at} + 32]",
                "movdqu {d}, [{from} + {at} + 48]",
                "movdqu [{to} + {at}], {a}",
                "movdqu [{to} + {at} + 16], {b}",
                "movdqu [{to} + {at} + 32], {c}",
                "movdqu [{to} + {at} + 48], {d}",
                "add {at}, 64",
                "cmp {at}, {len}",
                "jb 2b",
                a = out(xmm_reg) _, b = out(xmm_reg) _, c = out(xmm_reg) _, d = out(xmm_reg) _,
                at = inout(reg) 0_usize => _, len = in(reg) len, from = in(reg) from, to = in(reg) to,
                options(nostack),
            );
        }
    }
    len
}

/// Elsewhere, all goes word by word.
///
/// # Safety
/// None is needed.
#[cfg(not(target_arch = "x86_64"))]
pub(super) unsafe fn move_blocks(_from: *const u8, _to: *mut u8, _blocks: usize) -> usize {
    0
}
