//! What this machine has run out of when it cannot even try to connect, and what helps.

use std::io;

use rustix::io::Errno;

/// Something of which there is only so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarce {
    /// The descriptors of this process.
    Descriptors,
    /// The descriptors of the whole machine.
    AllDescriptors,
    /// The ports from which the target can be reached.
    Ports,
    /// Memory of the kernel, or its watches of sockets.
    Memory,
}

impl Scarce {
    /// What has run out, if it is anything of this machine's that made a connection fail.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Scarce> {
        if error.kind() == io::ErrorKind::AddrNotAvailable {
            return Some(Scarce::Ports);
        }
        Some(match Errno::from_io_error(error)? {
            Errno::MFILE => Scarce::Descriptors,
            Errno::NFILE => Scarce::AllDescriptors,
            Errno::NOBUFS | Errno::NOMEM | Errno::NOSPC => Scarce::Memory,
            _ => return None,
        })
    }

    /// What it is, in the singular.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Scarce::Descriptors => "descriptor in this process",
            Scarce::AllDescriptors => "descriptor on this machine",
            Scarce::Ports => "local port towards the target",
            Scarce::Memory => "memory for sockets on this machine",
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Scarce::Descriptors => {
                "raise the hard limit (`ulimit -Hn`), or open fewer connections with `target: { connections: N }`"
            }
            Scarce::AllDescriptors => "raise `sysctl fs.file-max`, or open fewer connections",
            // Linux keeps the port of a connection that this side has closed for 60 s (TCP_TIMEWAIT_LEN in
            // include/net/tcp.h), and has 28,232 of them unless told otherwise (ip-sysctl.rst, ip_local_port_range).
            Scarce::Ports => {
                "a port rests for 60 s after its connection was closed: keep connections open with `target: { connections: reuse }`, widen `sysctl net.ipv4.ip_local_port_range`, or offer less"
            }
            Scarce::Memory => {
                "look at `sysctl net.ipv4.tcp_mem fs.epoll.max_user_watches`, or open fewer connections"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ran_out_is_told_by_the_error_and_what_failed_elsewhere_is_not() {
        for (errno, expected) in [
            (Errno::MFILE, Some(Scarce::Descriptors)),
            (Errno::NFILE, Some(Scarce::AllDescriptors)),
            (Errno::ADDRNOTAVAIL, Some(Scarce::Ports)),
            (Errno::NOBUFS, Some(Scarce::Memory)),
            (Errno::NOMEM, Some(Scarce::Memory)),
            (Errno::NOSPC, Some(Scarce::Memory)),
            (Errno::CONNREFUSED, None),
            (Errno::HOSTUNREACH, None),
            (Errno::TIMEDOUT, None),
        ] {
            assert_eq!(Scarce::of(&errno.into()), expected, "{errno:?}");
        }
        assert_eq!(Scarce::of(&io::Error::other("TLS failed")), None);
    }
}
