import type {
  ArgumentCondition,
  RuleScope,
  SeccompAction,
  SeccompProfile,
  SeccompRule,
} from '../../../lib/seccomp/profile.ts';

/**
 * What a container may ask of the kernel unless it is told otherwise: the rules of Docker's default profile, for x86_64.
 * Everything that is not named here answers EPERM.
 */

const EPERM = 1;
const ENOSYS = 38;

/** Allowed for everyone, whatever the arguments. Names that x86_64 does not have are left out. */
const ALLOWED = `
  read write open close stat fstat lstat poll lseek mmap mprotect munmap brk ioctl pread64 pwrite64 readv writev access
  pipe select dup dup2 pause fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir
  rmdir creat link unlink symlink readlink chmod fchmod chown fchown lchown umask mknod utime statfs fstatfs sync
  getdents64 fadvise64 readahead sendfile utimes openat mkdirat mknodat fchownat futimesat newfstatat unlinkat renameat
  linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll splice tee sync_file_range vmsplice utimensat fallocate
  dup3 pipe2 preadv pwritev name_to_handle_at syncfs renameat2 copy_file_range preadv2 pwritev2 statx close_range openat2
  faccessat2 cachestat fchmodat2 statmount listmount

  setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr
  fremovexattr setxattrat getxattrat listxattrat removexattrat
  inotify_init inotify_add_watch inotify_rm_watch inotify_init1 fanotify_mark
  epoll_create epoll_ctl_old epoll_wait_old epoll_wait epoll_ctl epoll_pwait epoll_create1 epoll_pwait2
  signalfd signalfd4 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
  io_setup io_destroy io_getevents io_submit io_cancel io_pgetevents

  mremap msync mincore madvise mlock munlock mlockall munlockall remap_file_pages mlock2 pkey_mprotect pkey_alloc pkey_free
  memfd_create memfd_secret map_shadow_stack mseal
  shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
  mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr

  socketpair connect accept accept4 sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown bind listen getsockname
  getpeername setsockopt getsockopt

  fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill getpid getppid gettid uname prctl arch_prctl
  set_tid_address set_thread_area get_thread_area modify_ldt restart_syscall futex futex_waitv futex_wake futex_wait
  futex_requeue set_robust_list get_robust_list rseq membarrier seccomp uretprobe landlock_create_ruleset
  landlock_add_rule landlock_restrict_self pidfd_open pidfd_send_signal process_mrelease
  rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend sigaltstack
  rt_tgsigqueueinfo

  getuid getgid setuid setgid geteuid getegid setpgid getpgrp setsid setreuid setregid getgroups setgroups setresuid
  getresuid setresgid getresgid getpgid setfsuid setfsgid getsid capget capset
  getrlimit setrlimit prlimit64 getrusage sysinfo times getpriority setpriority ioprio_set ioprio_get getcpu
  sched_setparam sched_getparam sched_setscheduler sched_getscheduler sched_get_priority_max sched_get_priority_min
  sched_rr_get_interval sched_setaffinity sched_getaffinity sched_setattr sched_getattr sched_yield

  nanosleep getitimer alarm setitimer gettimeofday time timer_create timer_settime timer_gettime timer_getoverrun
  timer_delete clock_gettime clock_getres clock_nanosleep adjtimex clock_adjtime getrandom
`;

/** Allowed to whoever holds the capability that the kernel itself asks for, or that guards a like one. */
const BY_CAPABILITY: Readonly<Record<string, string>> = {
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_SYS_ADMIN: `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr
    lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd
    setdomainname sethostname setns syslog umount2 unshare`,
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module init_module finit_module',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace',
  CAP_SYS_RAWIO: 'iopl ioperm',
  CAP_SYS_TIME: 'settimeofday clock_settime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
  CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
  CAP_SYSLOG: 'syslog',
  CAP_BPF: 'bpf',
  CAP_PERFMON: 'perf_event_open',
};

/** Before 4.8 a tracer could step around the filter (seccomp(2)). */
const FROM_KERNEL_4_8 = 'process_vm_readv process_vm_writev ptrace';

/** Every CLONE_NEW… bit but the one of time namespaces, which clone cannot make. */
const CLONE_NAMESPACE_BITS = 0x7e02_0000n;

/** PER_LINUX, PER_LINUX32, both with UNAME26, and the question for the present one. */
const PERSONALITIES = [0x0n, 0x8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn];

/**
 * Address families of sockets: those below the first bound, and these. What is left out, AF_ALG (38) and AF_VSOCK (40)
 * before all, reaches kernel code that no container needs. They are named one by one because the kernel looks at 32 of
 * the 64 bits: a family "above 40" could be any family with a higher bit set.
 */
const FAMILIES_BELOW = 12n;
const FAMILIES = [
  13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45,
];

const ALLOW: SeccompAction = { kind: 'allow' };
const ANYWHERE: RuleScope = { capabilities: [], architectures: [] };
const ADMINISTRATOR: RuleScope = { ...ANYWHERE, capabilities: ['CAP_SYS_ADMIN'] };

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

function rule(names: string, more: Partial<SeccompRule> = {}): SeccompRule {
  return {
    names: words(names),
    action: ALLOW,
    conditions: [],
    includes: ANYWHERE,
    excludes: ANYWHERE,
    ...more,
  };
}

function firstArgument(
  operator: ArgumentCondition['operator'],
  value: bigint,
): Pick<SeccompRule, 'conditions'> {
  return { conditions: [{ index: 0, operator, value, valueTwo: 0n }] };
}

/** The profile of a container that names none. */
export const DEFAULT_PROFILE: SeccompProfile = {
  defaultAction: { kind: 'errno', errno: EPERM },
  rules: [
    rule(ALLOWED),
    rule(FROM_KERNEL_4_8, { includes: { ...ANYWHERE, minimumKernel: { major: 4, minor: 8 } } }),
    rule('socket', firstArgument('lt', FAMILIES_BELOW)),
    ...FAMILIES.map((family) => rule('socket', firstArgument('eq', BigInt(family)))),
    ...PERSONALITIES.map((persona) => rule('personality', firstArgument('eq', persona))),
    ...Object.entries(BY_CAPABILITY).map(([capability, names]) =>
      rule(names, { includes: { ...ANYWHERE, capabilities: [capability] } }),
    ),
    rule('clone', { ...firstArgument('masked-eq', CLONE_NAMESPACE_BITS), excludes: ADMINISTRATOR }),
    // Its flags lie in memory, where no filter can look; ENOSYS makes libraries fall back on clone.
    rule('clone3', { action: { kind: 'errno', errno: ENOSYS }, excludes: ADMINISTRATOR }),
  ],
};
