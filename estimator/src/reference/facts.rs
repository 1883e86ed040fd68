//! Sizes and latencies that are worth knowing by heart, with who says so. The arithmetic does not use them.

use super::{Fact, fact};

const NAPKIN: &str = "napkin-math, 2026-03";

/// How large things are.
pub(super) fn sizes() -> Vec<Fact> {
    [
        ("8-bit, 32-bit, 64-bit number", "1, 4, 8 B", "", "by definition"),
        ("UUID", "16 B", "36 B as text", "RFC 9562, 2024"),
        ("IPv4, IPv6 address", "4, 16 B", "", "RFC 791, RFC 8200"),
        ("SHA-256 digest", "32 B", "64 B as hexadecimal", "FIPS 180-4, 2015"),
        ("character in UTF-8", "1..4 B", "1 B for ASCII", "RFC 3629, 2003"),
        ("mean HTTP response", "5.9 KB", "all requests of the network", "Nick Craver, 2016"),
        ("database row overhead", "28 B", "24 B header, 4 B pointer", "PostgreSQL page layout"),
        ("database page", "8 KiB", "", "PostgreSQL page layout"),
    ]
    .into_iter()
    .map(|(name, value, note, source)| fact(name, value, note, source))
    .collect()
}

/// How long things take: rounded for memory, a factor of two or three is to be expected.
pub(super) fn latencies() -> Vec<Fact> {
    [
        ("memory, in sequence, 64 B", "0.5 ns", "20 GiB/s on one thread"),
        ("memory, at random, 64 B", "20 ns", "3 GiB/s"),
        ("cryptographic hash, 64 B", "100 ns", "1 GiB/s"),
        ("system call", "300 ns", ""),
        ("SSD read, in sequence, 8 KiB", "1 µs", "8 GiB/s"),
        ("SSD write, no fsync, 8 KiB", "2 µs", "3 GiB/s"),
        ("context switch", "10 µs", ""),
        ("TCP echo, 32 KiB", "50 µs", "500 MiB/s"),
        ("proxy", "50 µs", "Envoy, Nginx, HAProxy"),
        ("SSD read, at random, 8 KiB", "100 µs", "70 MiB/s"),
        ("network within a region", "250 µs", "2 GiB/s"),
        ("SSD write and fsync, 8 KiB", "300 µs", "30 MiB/s"),
        ("query of a database or cache", "500 µs", "MySQL, Redis, Memcached"),
        ("disk that turns, at random, 8 KiB", "10 ms", "0.7 MiB/s"),
        ("network, NA east to west", "60 ms", "25 MiB/s"),
        ("network, EU west to NA east", "80 ms", "25 MiB/s"),
        ("object storage, read 128 KiB", "80 ms", "100 MiB/s on one connection"),
        ("network, EU west to Singapore", "160 ms", "25 MiB/s"),
        ("object storage, write 128 KiB", "200 ms", "100 MiB/s on one connection"),
    ]
    .into_iter()
    .map(|(name, value, note)| fact(name, value, note, NAPKIN))
    .collect()
}
