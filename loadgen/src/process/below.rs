//! The processes that descend from one, cheaply where the kernel keeps lists of children.
//!
//! A kernel with `CONFIG_PROC_CHILDREN` lists the children of each thread in `/proc/PID/task/TID/children`, so that a
//! server with three processes costs three looks, however many others the machine has. The lists are not promised to be
//! complete: when a child ends and is waited for while its list is read, another may be skipped (`get_children_proc` in
//! fs/proc/array.c), and when a thread ends, its children move to a thread that may have been read before. Either
//! leaves a trace, a listed child or thread that is gone. Wherever there is such a trace, and where there are no lists,
//! every process of the machine is looked at instead.

use rustix::process::Pid;

use super::stat;

/// The processes that descend from this one, as they are now; without those that have ended and are not waited for yet,
/// which use nothing and cannot be ended again.
pub(crate) fn descendants(root: Pid) -> Vec<Pid> {
    by_lists(root).unwrap_or_else(|| by_scan(root))
}

/// By the kernel's lists; `None` where there are none, or where one of them may be incomplete.
fn by_lists(root: Pid) -> Option<Vec<Pid>> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(children(parent)?);
        next += 1;
    }
    Some(found.split_off(1))
}

/// The children of all threads of a process.
fn children(parent: Pid) -> Option<Vec<Pid>> {
    let number = parent.as_raw_nonzero().get();
    let mut listed = Vec::new();
    let before = threads(number)?;
    for thread in &before {
        let list = std::fs::read_to_string(format!("/proc/{number}/task/{thread}/children")).ok()?;
        for pid in list.split_ascii_whitespace() {
            listed.push(Pid::from_raw(pid.parse().ok()?)?);
        }
    }
    let after = threads(number)?;
    if !before.iter().all(|thread| after.contains(thread)) {
        return None;
    }
    let mut alive = Vec::with_capacity(listed.len());
    for pid in listed {
        let (has_ended, of) = state(&stat(pid)?)?;
        if of != number {
            return None;
        }
        alive.extend((!has_ended).then_some(pid));
    }
    Some(alive)
}

/// The names of a process's threads, which are numbers.
fn threads(process: i32) -> Option<Vec<String>> {
    let entries = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    entries.map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

/// By a look at every process of the machine.
fn by_scan(root: Pid) -> Vec<Pid> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let processes = all.filter_map(Result::ok).filter_map(|entry| {
        let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
        let (has_ended, parent) = state(&stat(pid)?)?;
        (!has_ended).then_some((pid, parent))
    });
    let parents: Vec<(Pid, i32)> = processes.collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|pid| pid.as_raw_nonzero().get()) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.split_off(1)
}

/// Fields 3 and 4 of `/proc/PID/stat`: whether it has ended, and its parent.
fn state(stat: &str) -> Option<(bool, i32)> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let has_ended = matches!(fields.next()?, "Z" | "X");
    Some((has_ended, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use rustix::process::{Signal, getpid, kill_process};

    use super::*;
    use crate::process::usage_of_tree;

    /// A shell that has started two programs, one of them below another shell, and says so.
    fn family() -> Child {
        let script = "sleep 60 & sh -c 'sleep 60 & echo there; wait' & wait";
        let mut child = Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "there\n");
        child
    }

    fn set(pids: Vec<Pid>) -> HashSet<Pid> {
        pids.into_iter().collect()
    }

    #[test]
    fn a_process_has_those_below_it_and_not_itself_whichever_way_they_are_found() {
        let mut child = family();
        let (here, root) = (getpid(), Pid::from_child(&child));
        assert!(descendants(here).contains(&root) && !descendants(here).contains(&here));
        let below = set(descendants(root));
        assert!(below.len() == 3 && !below.contains(&root), "{below:?}");
        assert_eq!(set(by_scan(root)), below);
        // Nothing of it comes or goes, so that lists are complete where the kernel keeps any.
        let thread = format!("/proc/{0}/task/{0}/children", root.as_raw_nonzero());
        assert_eq!(by_lists(root).map(set), std::path::Path::new(&thread).exists().then_some(below.clone()));
        assert!(usage_of_tree(root).is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!((by_lists(root), by_scan(root)), (None, Vec::new()), "a process that is gone");
        for pid in below {
            let _ = kill_process(pid, Signal::KILL);
        }
    }

    #[test]
    fn one_that_has_ended_and_is_not_waited_for_is_none() {
        let mut child = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        // Its output ends when it does.
        let mut nothing = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut nothing).unwrap();
        while stat(pid).and_then(|stat| state(&stat)).is_some_and(|(has_ended, _)| !has_ended) {
            std::thread::yield_now();
        }
        assert!(!descendants(getpid()).contains(&pid) && !by_scan(getpid()).contains(&pid));
        child.wait().unwrap();
    }

    #[test]
    fn a_child_of_a_thread_that_ends_stays_below_its_process() {
        let start = || Command::new("sleep").arg("60").spawn().unwrap();
        let mut child = std::thread::spawn(start).join().unwrap();
        assert!(descendants(getpid()).contains(&Pid::from_child(&child)));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn state_and_parent_are_read_whatever_a_program_is_called() {
        assert_eq!(state("42 (a) Z 7) S 3 42"), Some((false, 3)));
        assert_eq!(state("42 (sh) Z 3 42"), Some((true, 3)));
        assert_eq!(state("42 (sh) X"), None);
        assert_eq!(state("cut"), None);
    }
}
