//! The system-call filter of both sandboxes, as a classic BPF program (linux/filter.h, linux/seccomp.h).
//!
//! It refuses what no desktop program needs and what kernel holes are most often reached through: modules, key rings, mounts,
//! other namespaces' descriptors, BPF, performance counters, `io_uring`, `userfaultfd`, clocks, reboot. Creating user namespaces
//! stays allowed, because browsers build their own sandboxes from them.

/// One machine's numbers of the refused calls, and how it names itself.
struct Machine {
    /// `AUDIT_ARCH_…` (linux/audit.h).
    audit_arch: u32,
    refused: &'static [u32],
}

#[cfg(target_arch = "x86_64")]
const MACHINE: Option<Machine> = Some(Machine {
    audit_arch: 0xc000_003e,
    refused: &[
        101, // ptrace
        103, // syslog
        153, // vhangup
        155, // pivot_root
        159, // adjtimex
        163, // acct
        164, // settimeofday
        165, 166, // mount, umount2
        167, 168, 169, // swapon, swapoff, reboot
        170, 171, // sethostname, setdomainname
        175, 176, // init_module, delete_module
        179, 180, // quotactl, nfsservctl
        212, // lookup_dcookie
        227, // clock_settime
        246, // kexec_load
        248, 249, 250, // add_key, request_key, keyctl
        298, // perf_event_open
        304, 305, // open_by_handle_at, clock_adjtime
        308, // setns
        311, // process_vm_writev
        313, // finit_module
        320, 321, // kexec_file_load, bpf
        323, // userfaultfd
        425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
        428, 429, 430, 431, 432, 433, // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick
        438, 442, 443, // pidfd_getfd, mount_setattr, quotactl_fd
    ],
});

#[cfg(target_arch = "aarch64")]
const MACHINE: Option<Machine> = Some(Machine {
    audit_arch: 0xc000_00b7,
    refused: &[
        18, // lookup_dcookie
        39, 40, 41, 42, // umount2, mount, pivot_root, nfsservctl
        58, 60, // vhangup, quotactl
        89, // acct
        104, 105, 106, // kexec_load, init_module, delete_module
        112, 116, 117, // clock_settime, syslog, ptrace
        142, // reboot
        161, 162, // sethostname, setdomainname
        170, 171, // settimeofday, adjtimex
        217, 218, 219, // add_key, request_key, keyctl
        224, 225, // swapon, swapoff
        241, // perf_event_open
        265, 266, 268, // open_by_handle_at, clock_adjtime, setns
        271, 273, // process_vm_writev, finit_module
        280, 282, // bpf, userfaultfd
        294, // kexec_file_load
        425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
        428, 429, 430, 431, 432, 433, // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick
        438, 442, 443, // pidfd_getfd, mount_setattr, quotactl_fd
    ],
});

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: Option<Machine> = None;

/// Load a word of `struct seccomp_data`: `BPF_LD | BPF_W | BPF_ABS`.
const LOAD: u16 = 0x20;
/// Jump on equality: `BPF_JMP | BPF_JEQ | BPF_K`.
const JUMP_IF_EQUAL: u16 = 0x15;
/// Jump on greater or equal: `BPF_JMP | BPF_JGE | BPF_K`.
const JUMP_IF_AT_LEAST: u16 = 0x35;
/// Return a constant: `BPF_RET | BPF_K`.
const RETURN: u16 = 0x06;

/// Where `struct seccomp_data` has the call's number and the machine.
const NUMBER_OFFSET: u32 = 0;
const ARCH_OFFSET: u32 = 4;

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
/// `SECCOMP_RET_ERRNO` with `EPERM`.
const REFUSE: u32 = 0x0005_0001;
/// `__X32_SYSCALL_BIT`: the same calls under other numbers.
const X32_NUMBERS: u32 = 0x4000_0000;

/// The filter's bytes, as `bwrap --seccomp` reads them; `None` for machines whose numbers are not known here.
pub(crate) fn filter() -> Option<Vec<u8>> {
    let Machine { audit_arch, refused } = MACHINE?;
    let mut program = vec![
        step(LOAD, 0, 0, ARCH_OFFSET),
        step(JUMP_IF_EQUAL, 1, 0, audit_arch),
        step(RETURN, 0, 0, KILL_PROCESS),
        step(LOAD, 0, 0, NUMBER_OFFSET),
        step(JUMP_IF_AT_LEAST, 0, 1, X32_NUMBERS),
        step(RETURN, 0, 0, REFUSE),
    ];
    for number in refused {
        program.push(step(JUMP_IF_EQUAL, 0, 1, *number));
        program.push(step(RETURN, 0, 0, REFUSE));
    }
    program.push(step(RETURN, 0, 0, ALLOW));
    Some(program.concat())
}

/// One `struct sock_filter` in the machine's own byte order.
fn step(code: u16, if_true: u8, if_false: u8, value: u32) -> Vec<u8> {
    let mut bytes = code.to_ne_bytes().to_vec();
    bytes.extend([if_true, if_false]);
    bytes.extend(value.to_ne_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_a_sequence_of_whole_steps_that_the_kernel_can_take() {
        let filter = filter().unwrap();
        assert_eq!(filter.len() % 8, 0);
        // BPF_MAXINSNS.
        assert!(filter.len() / 8 <= 4096);
    }
}
