//! Which calls are denied, and which stop for the tracer. Numbers differ by machine; some old calls exist on x86-64 only.

use libc::c_long;

/// Calls into other processes, which a supervisor makes and its workers may not: a worker must not take over its supervisor
/// or its peers. They fail with EPERM.
pub(super) const OTHERS: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
];

/// Calls that change what a file is by its name, which workers may not: `/proc/self/exe` is a name of the program outside of
/// the box, and belongs to a server that is no root. A descriptor of it cannot be had. They fail with EPERM.
pub(super) const BY_NAME: &[c_long] = &[
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    // fchmodat2, setxattrat, removexattrat, file_setattr: the same numbers on every machine.
    452,
    463,
    466,
    469,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];

/// Calls that no lesson needs and that would let somebody out of a box, or into parts of the kernel that have no place in
/// it: they fail with EPERM.
pub(super) const DENIED: &[c_long] = &[
    // Mounts and namespaces.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    // open_tree_attr, which libraries do not name yet.
    467,
    libc::SYS_unshare,
    // Large and seldom used parts of the kernel, where holes were found.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_userfaultfd,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    libc::SYS_memfd_secret,
    // The kernel itself.
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
];

/// clone(2) with any of these would make a namespace; denied by a masked comparison of its first argument.
/// CLONE_NEWTIME is none of clone's flags: its bit is part of the signal number there.
pub(super) const NAMESPACES: u32 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET)
    .cast_unsigned();

/// Kinds of sockets that may be made, beside those of netlink(7): what lessons are about. Others reach beyond a network
/// namespace (AF_VSOCK) or are large parts of the kernel that are seldom used.
pub(super) const FAMILIES: &[i32] = &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// Calls that stop for the tracer, except on the descriptors of commands and reports. First argument: a descriptor.
/// The busiest come first.
pub(super) const TRACED_BY_FD: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_close,
    // Sockets. Reports are sent with sendto, commands taken with recvfrom, and those descriptors are left alone.
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    libc::SYS_shutdown,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_connect,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_setsockopt,
    libc::SYS_getsockopt,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_dup,
    libc::SYS_dup3,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_dup2,
    libc::SYS_fcntl,
    libc::SYS_ioctl,
    // Files.
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fchmod,
    libc::SYS_sendfile,
    libc::SYS_copy_file_range,
    libc::SYS_inotify_add_watch,
    libc::SYS_inotify_rm_watch,
    // POSIX message queues are descriptors on Linux.
    libc::SYS_mq_timedsend,
    libc::SYS_mq_timedreceive,
    libc::SYS_mq_notify,
    libc::SYS_mq_getsetattr,
    libc::SYS_timerfd_settime,
    libc::SYS_pidfd_send_signal,
];

/// Calls that stop for the tracer only if an argument has a bit, or has none of it. What libraries do for themselves
/// would flood a lesson, and each stop costs it some ten microseconds.
pub(super) const TRACED_IF: &[(c_long, Argument)] = &[
    // A private futex is a lock between threads of one process: the allocator's, the interpreter's, a condition's. Only
    // a word in shared memory is communication between processes.
    (
        libc::SYS_futex,
        Argument::Without(1, libc::FUTEX_PRIVATE_FLAG.cast_unsigned()),
    ),
    // Private mappings are how the allocator and the loader get memory; nobody else ever sees them.
    (
        libc::SYS_mmap,
        Argument::With(3, libc::MAP_SHARED.cast_unsigned()),
    ),
    // Without a new action or mask these only ask: Python does so for every signal when it starts.
    (libc::SYS_rt_sigaction, Argument::NotNull(1)),
];

/// What must hold for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// One of these bits is set.
    With(u32, u32),
    /// None of these bits is set.
    Without(u32, u32),
    /// It is not 0.
    NotNull(u32),
}

/// Calls that always stop for the tracer. The decoders know each of them, which a test checks.
pub(super) const TRACED: &[c_long] = &[
    libc::SYS_pipe2,
    libc::SYS_openat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_mkdirat,
    libc::SYS_truncate,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_vmsplice,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_inotify_init1,
    libc::SYS_socket,
    libc::SYS_socketpair,
    // Memory. A filter cannot see whose memory munmap gives back: the tracer looks, and tells of shared memory only.
    libc::SYS_munmap,
    libc::SYS_msync,
    libc::SYS_memfd_create,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmdt,
    libc::SYS_shmctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_semctl,
    // Queues.
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    // Processes.
    libc::SYS_clone,
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_wait4,
    libc::SYS_waitid,
    // Signals. The C library blocks all of them around a fork or a new thread: the tracer knows that and does not tell.
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigsuspend,
    // The end of a handler, which tells a call that the handler made from the one it interrupted.
    libc::SYS_rt_sigreturn,
    libc::SYS_setitimer,
    libc::SYS_signalfd4,
    libc::SYS_eventfd2,
    libc::SYS_timerfd_create,
    libc::SYS_pidfd_open,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    // How a timed wait comes back after a freeze.
    libc::SYS_restart_syscall,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_pipe,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mknod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_inotify_init,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_select,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_create,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_wait,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_pause,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_alarm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
];

/// The machine as the kernel names it to a filter, AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of `linux/audit.h`.
#[cfg(target_arch = "x86_64")]
pub(super) const ARCH: u32 = 0xC000_003E;
/// See above.
#[cfg(target_arch = "aarch64")]
pub(super) const ARCH: u32 = 0xC000_00B7;

/// Numbers from here on belong to the x32 ABI, which shares the machine's name; no number reaches it elsewhere.
pub(super) const X32: u32 = 0x4000_0000;
