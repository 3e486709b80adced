//! One file: whole, checked and under its name, or not there, whatever servers do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mnist_tui::data::fetch::{Connection, Downloader, FetchError, Refusal, Wanted};
use sha2::{Digest, Sha256};

use crate::server::{Reply, Server, answer, folder, names, part, raw};

const NAME: &str = "a.gz";
const LENGTH: usize = 300_000;
const HALF: usize = LENGTH / 2;

/// No loopback address goes through a proxy of the environment here.
const PATIENT: Connection = Connection { connect: Duration::from_secs(20), silence: Duration::from_secs(20), proxies: false };
/// Silent servers are given up at once.
const IMPATIENT: Connection = Connection { silence: Duration::from_millis(50), ..PATIENT };

fn content() -> Vec<u8> {
    (0..LENGTH as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wanted(servers: &[&Server]) -> Wanted {
    let addresses = servers.iter().map(|server| server.url(NAME)).collect();
    Wanted { name: NAME.into(), addresses, bytes: LENGTH as u64, sha256: hex(&content()) }
}

fn download(connection: Connection, servers: &[&Server], folder: &Path) -> Result<(), FetchError> {
    Downloader::new(connection).download(&wanted(servers), folder, &mut |_| ())
}

/// The file is there, whole, and nothing else is.
#[track_caller]
fn expect_whole(folder: &Path) {
    assert_eq!(names(folder), [NAME]);
    assert!(fs::read(folder.join(NAME)).expect("the file") == content());
}

/// What went wrong at each address.
#[track_caller]
fn refusals(result: Result<(), FetchError>) -> Vec<Refusal> {
    match result {
        Err(FetchError::Unreachable { reasons, .. }) => reasons.into_iter().map(|(_, reason)| reason).collect(),
        other => panic!("{other:?}"),
    }
}

fn from(start: usize) -> Option<String> {
    Some(format!("bytes={start}-"))
}

#[test]
fn a_file_comes_whole_and_nothing_is_left_beside_it() {
    let folder = folder("whole");
    let server = Server::of(content());
    download(PATIENT, &[&server], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!(server.ranges(), [None]);
}

#[test]
fn what_breaks_off_goes_on_where_it_was() {
    let folder = folder("broken_off");
    let server = Server::new(|request, before| {
        let mut bytes = part(&content(), request);
        if before == 0 {
            bytes.truncate(bytes.len() - HALF);
        }
        Reply::Bytes(bytes)
    });
    download(PATIENT, &[&server], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!(server.ranges(), [None, from(HALF)]);
}

#[test]
fn what_brings_nothing_is_not_asked_again_and_what_there_is_stays() {
    let folder = folder("nothing_more");
    let start = |_: &_, _| Reply::Bytes(raw("200 OK", &[("Content-Length", &LENGTH.to_string())], &content()[..HALF]));
    let server = Server::new(move |request: &crate::server::Request, before| match request.range {
        None => start(request, before),
        Some(_) => Reply::Bytes(Vec::new()),
    });
    let reasons = refusals(download(PATIENT, &[&server], &folder));
    assert!(matches!(reasons[..], [Refusal::NoAnswer(_)]), "{reasons:?}");
    assert_eq!(server.ranges(), [None, from(HALF)]);
    assert_eq!(names(&folder), ["a.gz.part"]);
    // Another program, later, needs no more than the rest, from wherever it comes.
    let other = Server::of(content());
    download(PATIENT, &[&server, &other], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!(other.ranges(), [from(HALF)]);
}

#[test]
fn what_was_there_before_may_be_of_another_file() {
    let folder = folder("other_part");
    for (there, asked) in
        [(vec![0; 1_000], &[from(1_000), None][..]), (vec![0; LENGTH], &[None]), (vec![0; LENGTH + 1], &[None]), (content(), &[])]
    {
        fs::write(folder.join("a.gz.part"), there).expect("written");
        let server = Server::of(content());
        download(PATIENT, &[&server], &folder).expect("fetched");
        expect_whole(&folder);
        assert_eq!(server.ranges(), asked);
    }
}

#[test]
fn other_bytes_are_removed_and_the_next_address_is_asked() {
    let folder = folder("other_bytes");
    let wrong = Server::of(vec![7; LENGTH]);
    let reasons = refusals(download(PATIENT, &[&wrong], &folder));
    let [Refusal::Digest { expected, found }] = &reasons[..] else { panic!("{reasons:?}") };
    assert_eq!((expected, found), (&hex(&content()), &hex(&[7; LENGTH])));
    assert!(names(&folder).is_empty());
    let right = Server::of(content());
    download(PATIENT, &[&wrong, &right], &folder).expect("fetched");
    expect_whole(&folder);
}

/// Broken off, gone on with, and wrong in the end: that is not tried for ever.
#[test]
fn other_bytes_in_pieces_are_other_bytes() {
    let folder = folder("other_pieces");
    let wrong = Server::new(|request, _| {
        let mut bytes = part(&[7; LENGTH], request);
        if request.range.is_none() {
            bytes.truncate(bytes.len() - HALF);
        }
        Reply::Bytes(bytes)
    });
    let reasons = refusals(download(PATIENT, &[&wrong], &folder));
    assert!(matches!(reasons[..], [Refusal::Digest { .. }]), "{reasons:?}");
    assert_eq!(wrong.ranges(), [None, from(HALF)]);
    assert!(names(&folder).is_empty());
}

#[test]
fn a_length_that_is_another_is_not_downloaded() {
    let folder = folder("length");
    let say =
        |length: usize| Server::new(move |_, _| Reply::Bytes(raw("200 OK", &[("Content-Length", &length.to_string())], &[])));
    for length in [LENGTH - 1, LENGTH + 1, usize::MAX] {
        let reasons = refusals(download(PATIENT, &[&say(length)], &folder));
        assert!(matches!(reasons[..], [Refusal::Length { found, .. }] if found == length as u64), "{reasons:?}");
        assert!(names(&folder).is_empty());
    }
    // It says nothing of its length, and sends more and more.
    let endless = Server::new(|_, _| Reply::Bytes(raw("200 OK", &[], &[content(), vec![0]].concat())));
    let reasons = refusals(download(PATIENT, &[&endless], &folder));
    assert!(matches!(reasons[..], [Refusal::Length { .. }]), "{reasons:?}");
    let silent_on_length = Server::new(|_, _| Reply::Bytes(raw("200 OK", &[], &content())));
    download(PATIENT, &[&silent_on_length], &folder).expect("fetched");
    expect_whole(&folder);
}

#[test]
fn an_address_may_lead_to_another_but_not_in_a_circle() {
    let folder = folder("redirects");
    let target = Server::of(content());
    let to = target.url("elsewhere");
    let leads = Server::new(move |_, _| Reply::Bytes(answer("302 Found", &[("Location", &to)], b"")));
    fs::write(folder.join("a.gz.part"), &content()[..HALF]).expect("written");
    download(PATIENT, &[&leads], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!((target.requests()[0].target.as_str(), target.ranges()), ("/elsewhere", vec![from(HALF)]));

    fs::remove_file(folder.join(NAME)).expect("removed");
    let circle = Server::new(|_, _| Reply::Bytes(answer("302 Found", &[("Location", "/a.gz")], b"")));
    let reasons = refusals(download(PATIENT, &[&circle], &folder));
    let [Refusal::NoAnswer(reason)] = &reasons[..] else { panic!("{reasons:?}") };
    assert!(reason.contains("without end"), "{reason}");
    assert!(circle.requests().len() < 20);
}

#[test]
fn a_silent_server_is_given_up_and_another_goes_on_where_it_was() {
    let folder = folder("silence");
    let silent = Server::new(|_, _| Reply::Silence(Vec::new()));
    let reasons = refusals(download(IMPATIENT, &[&silent], &folder));
    let [Refusal::NoAnswer(reason)] = &reasons[..] else { panic!("{reasons:?}") };
    assert_eq!(reason, "no answer within 0.05 s");
    // It falls silent in the middle, then altogether.
    let tired = Server::new(|request, before| {
        let mut bytes = part(&content(), request);
        bytes.truncate(if before == 0 { bytes.len() - HALF } else { 0 });
        Reply::Silence(bytes)
    });
    let right = Server::of(content());
    download(IMPATIENT, &[&tired, &right], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!((tired.ranges(), right.ranges()), (vec![None, from(HALF)], vec![from(HALF)]));
}

#[test]
fn a_server_without_the_file_leads_to_the_next() {
    let folder = folder("status");
    for status in ["404 Not Found", "500 Internal Server Error", "204 No Content", "416 Range Not Satisfiable"] {
        let without = Server::new(move |_, _| Reply::Bytes(answer(status, &[], b"")));
        let reasons = refusals(download(PATIENT, &[&without], &folder));
        let [Refusal::Status { status: said }] = reasons[..] else { panic!("{reasons:?}") };
        assert!(status.starts_with(&said.to_string()));
        let right = Server::of(content());
        download(PATIENT, &[&without, &right], &folder).expect("fetched");
        assert_eq!(without.requests().len(), 2, "it is asked once each time");
        expect_whole(&folder);
    }
    // A page that says in its own way that there is nothing.
    let page = Server::new(|_, _| Reply::Bytes(answer("200 OK", &[], b"<html>no such file</html>")));
    let reasons = refusals(download(PATIENT, &[&page], &folder));
    assert!(matches!(reasons[..], [Refusal::Length { found: 25, .. }]), "{reasons:?}");
}

#[test]
fn nobody_at_an_address_leads_to_the_next() {
    let folder = folder("nobody");
    let gone = Server::of(Vec::new()).url(NAME);
    let right = Server::of(content());
    let mut file = wanted(&[&right]);
    file.addresses.insert(0, gone);
    Downloader::new(PATIENT).download(&file, &folder, &mut |_| ()).expect("fetched");
    expect_whole(&folder);
}

#[test]
fn a_server_that_knows_no_parts_sends_all_of_it() {
    let folder = folder("no_parts");
    fs::write(folder.join("a.gz.part"), &content()[..HALF]).expect("written");
    let server = Server::new(|_, _| Reply::Bytes(answer("200 OK", &[], &content())));
    download(PATIENT, &[&server], &folder).expect("fetched");
    expect_whole(&folder);
    assert_eq!(server.ranges(), [from(HALF)]);
}

#[test]
fn a_part_that_was_not_asked_for_is_not_taken() {
    let ranges = [
        format!("bytes 0-{}/{LENGTH}", LENGTH - 1),
        format!("bytes {HALF}-{}/{LENGTH}", LENGTH - 2),
        format!("bytes {HALF}-{}/{}", LENGTH - 1, LENGTH + 1),
        "bytes */300000".into(),
        "lines 1-2/3".into(),
        "".into(),
    ];
    for (at, range) in ranges.into_iter().enumerate() {
        let folder = folder(&format!("wrong_part_{at}"));
        fs::write(folder.join("a.gz.part"), &content()[..HALF]).expect("written");
        let server = Server::new(move |request, _| {
            let wrong = || answer("206 Partial Content", &[("Content-Range", &range)], &content()[HALF..]);
            Reply::Bytes(if request.range.is_some() { wrong() } else { answer("200 OK", &[], &content()) })
        });
        download(PATIENT, &[&server], &folder).expect("fetched");
        expect_whole(&folder);
        assert_eq!(server.ranges(), [from(HALF), None]);
    }
    // A part where all of it was asked for.
    let folder = folder("unasked_part");
    let server = Server::new(|_, _| {
        let range = format!("bytes {HALF}-{}/{LENGTH}", LENGTH - 1);
        Reply::Bytes(answer("206 Partial Content", &[("Content-Range", &range)], &content()[HALF..]))
    });
    let reasons = refusals(download(PATIENT, &[&server], &folder));
    assert!(matches!(reasons[..], [Refusal::Status { status: 206 }]), "{reasons:?}");
    assert!(names(&folder).is_empty());
}

/// The system's device that is always full stands for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_fault_of_the_server() {
    let folder = folder("full");
    std::os::unix::fs::symlink("/dev/full", folder.join("a.gz.part")).expect("a link");
    let (first, second) = (Server::of(content()), Server::of(content()));
    let error = download(PATIENT, &[&first, &second], &folder).expect_err("full");
    let message = error.to_string();
    assert!(message.contains("a.gz.part") && message.contains("the disk is full; make room"), "{message}");
    assert!(second.requests().is_empty(), "another server would not help");
    assert!(!folder.join(NAME).exists());
}
