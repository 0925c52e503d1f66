//! Programs that take all there is. Each ends at a limit of its own box.

use super::inside;
use crate::figure;
use harness::Account;

const BOMBS: &str = include_str!("bombs.py");

/// Lets a bomb go off inside; how much it took, and which errno ended it.
async fn bomb(account: Account, what: &str) -> (u64, String) {
    let said = inside(account, "full", BOMBS, &[what]).await;
    let last = said.last().expect("it says how far it came");
    let (taken, ended) = (
        last["taken"].as_u64().unwrap_or(u64::MAX),
        last["errno"].as_str().unwrap_or("nothing").to_owned(),
    );
    figure(what, format_args!("{taken}, then {ended}"));
    (taken, ended)
}

/// It ends with that errno, and has not taken more than that.
async fn ends(what: &str, with: &str, at: u64) {
    for account in [Account::Ours, Account::Plain] {
        let (taken, ended) = bomb(account, what).await;
        assert_eq!(ended, with, "{account:?}: {what}");
        assert!(
            taken <= at && taken > at / 4,
            "{account:?}: {what}: {taken} of {at}"
        );
    }
}

#[tokio::test]
async fn a_fork_bomb_ends_at_64_processes() {
    ends("processes", "EAGAIN", 64).await;
}

#[tokio::test]
async fn a_bomb_of_descriptors_ends_at_128() {
    ends("descriptors", "EMFILE", 128).await;
}

#[tokio::test]
async fn a_bomb_of_memory_ends_at_a_gibibyte() {
    ends("memory", "ENOMEM", 1 << 30).await;
}

#[tokio::test]
async fn a_full_tmp_is_16_mebibytes_of_this_box() {
    ends("tmp", "ENOSPC", 16 << 20).await;
}

#[tokio::test]
async fn a_full_shm_is_16_mebibytes_of_this_box() {
    ends("shm", "ENOSPC", 16 << 20).await;
}

#[tokio::test]
async fn there_are_1024_names_in_tmp() {
    ends("names in tmp", "ENOSPC", 1024).await;
}

#[tokio::test]
async fn there_are_256_names_in_shm() {
    ends("names in shm", "ENOSPC", 256).await;
}

#[tokio::test]
async fn a_bomb_of_queues_ends_at_a_mebibyte_of_messages() {
    // Each of ten messages of 8 KiB, by default. Where all boxes are one user, each has a share of what that user may have.
    for account in [Account::Ours, Account::Plain] {
        let (taken, ended) = bomb(account, "queues").await;
        assert_eq!(ended, "EMFILE", "{account:?}");
        assert!((1..=(1 << 20) / (10 * 8192)).contains(&taken), "{taken}");
    }
}

#[tokio::test]
async fn segments_of_system_v_end_at_16_mebibytes() {
    ends("segments", "ENOSPC", 16 << 20).await;
}

#[tokio::test]
async fn a_bomb_of_inotify_ends_at_16_of_them() {
    ends("watchers", "EMFILE", 16).await;
}
