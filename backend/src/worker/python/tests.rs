use super::{BOOT, LIBRARY, OLDEST, find, minor};
use std::{fs, os::unix::fs::symlink, path::Path};

#[test]
fn a_version_is_read_from_the_name() {
    assert_eq!(minor("python3.11"), Some(11));
    assert_eq!(minor("python3"), None);
    assert_eq!(minor("python2.7"), None);
}

#[test]
fn a_host_without_python_is_told_what_to_install() {
    let why = find(Path::new("/usr/bin/python3-of-nobody")).unwrap_err();
    assert!(why.contains("install python3"), "{why}");
}

#[test]
fn an_old_one_is_refused_by_its_version() {
    let folder = std::env::temp_dir().join(format!("ipc-old-python-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("python3.6"), "").unwrap();
    symlink("python3.6", folder.join("python3")).unwrap();
    let why = find(&folder.join("python3")).unwrap_err();
    fs::remove_dir_all(&folder).unwrap();
    assert!(
        why.contains("3.6 is too old") && why.contains(&format!("3.{OLDEST}")),
        "{why}"
    );
}

#[test]
fn the_sources_can_travel_as_arguments() {
    // MAX_ARG_STRLEN, execve(2).
    for source in [BOOT, LIBRARY] {
        assert!(source.len() < 128 * 1024 && !source.contains('\0'));
    }
}
