//! Formats of texts that upstream checks; others mean nothing.
// upstream: k8s.io/kube-openapi/pkg/validation/strfmt/{default,date,time,duration}.go;
// staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go supportedFormats

use std::net::{Ipv4Addr, Ipv6Addr};

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};

use super::pattern::matches;

/// Whether a text has a format.
pub fn fits(format: &str, text: &str) -> bool {
    match format {
        "date-time" | "datetime" => podarium_api::time::parse_rfc3339(text).is_some(),
        "date" => podarium_api::time::parse_rfc3339(&[text, "T00:00:00Z"].concat()).is_some(),
        "duration" => duration(text),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => text.split_once('/').is_some_and(|(address, length)| {
            let length: Option<u8> = length.parse().ok();
            let v4 = address.parse::<Ipv4Addr>().is_ok() && length.is_some_and(|n| n <= 32);
            v4 || address.parse::<Ipv6Addr>().is_ok() && length.is_some_and(|n| n <= 128)
        }),
        "uri" => matches("^([A-Za-z][A-Za-z0-9+.-]*:|/)[^\\s]*$", text),
        "email" => matches("^[^@\\s<>]+@[^@\\s<>]+$", text),
        "hostname" => hostname(text),
        "mac" => matches(
            "^([0-9A-Fa-f]{2}[:-]){5}([0-9A-Fa-f]{2}[:-]){0,14}[0-9A-Fa-f]{2}$",
            text,
        ),
        "uuid" => uuid(text, "[0-9A-Fa-f]", "[0-9A-Fa-f]"),
        "uuid3" => uuid(text, "3", "[0-9A-Fa-f]"),
        "uuid4" => uuid(text, "4", "[89ABab]"),
        "uuid5" => uuid(text, "5", "[89ABab]"),
        "bsonobjectid" => matches("^[0-9A-Fa-f]{24}$", text),
        "isbn10" => isbn10(text),
        "isbn13" => isbn13(text),
        "isbn" => isbn10(text) || isbn13(text),
        "creditcard" => card(text),
        "ssn" => matches("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$", text),
        "hexcolor" => matches("^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$", text),
        "rgbcolor" => color(text),
        "byte" => matches(
            "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$",
            text,
        ),
        "k8s-short-name" => dns1123_label_error(text).is_none(),
        "k8s-long-name" => dns1123_subdomain_error(text).is_none(),
        _ => true,
    }
}

/// As Go writes them, or a number with a unit's name. upstream: strfmt/duration.go ParseDuration
fn duration(text: &str) -> bool {
    let go = "^[+-]?((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+$";
    let units = "(ns|nano|nanosecond|us|micro|microsecond|ms|milli|millisecond|s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week)s?";
    text == "0" || matches(go, text) || matches(&["^((\\d+)\\s*", units, "\\s*)+$"].concat(), text)
}

fn hostname(text: &str) -> bool {
    let label = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
    let all = ["^", label, "(\\.", label, ")*\\.?$"].concat();
    text.len() <= 255 && matches(&all, text) && text.split('.').all(|label| label.len() <= 63)
}

fn uuid(text: &str, version: &str, variant: &str) -> bool {
    let hex = "[0-9A-Fa-f]";
    let all =
        format!("^{hex}{{8}}-?{hex}{{4}}-?{version}{hex}{{3}}-?{variant}{hex}{{3}}-?{hex}{{12}}$");
    matches(&all, text)
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn isbn10(text: &str) -> bool {
    let plain = text.replace(['-', ' '], "");
    if !matches("^\\d{9}[0-9X]$", &plain) {
        return false;
    }
    let worth = plain.chars().map(|c| c.to_digit(10).unwrap_or(10));
    let sum: u32 = worth.enumerate().map(|(i, n)| (i as u32 + 1) * n).sum();
    sum.is_multiple_of(11)
}

fn isbn13(text: &str) -> bool {
    let plain = text.replace(['-', ' '], "");
    let each = digits(&plain);
    let sum: u32 = each
        .iter()
        .enumerate()
        .map(|(i, n)| n * if i % 2 == 0 { 1 } else { 3 })
        .sum();
    matches("^\\d{13}$", &plain) && sum.is_multiple_of(10)
}

/// By the digit that makes the sum of all come out even, and the numbers that issuers have.
fn card(text: &str) -> bool {
    let plain: String = digits(text).iter().map(u32::to_string).collect();
    let issued = "^(4\\d{12}(\\d{3})?|5[1-5]\\d{14}|6(011|5\\d\\d)\\d{12}|3[47]\\d{13}|3(0[0-5]|[68]\\d)\\d{11}|(2131|1800|35\\d{3})\\d{11})$";
    let each = digits(&plain);
    let doubled = each.iter().rev().enumerate().map(|(i, n)| match i % 2 {
        0 => *n,
        _ => n * 2 / 10 + n * 2 % 10,
    });
    matches(issued, &plain) && doubled.sum::<u32>().is_multiple_of(10)
}

fn color(text: &str) -> bool {
    let inside = text.strip_prefix("rgb(").and_then(|t| t.strip_suffix(')'));
    let parts: Vec<_> = inside.unwrap_or_default().split(',').collect();
    parts.len() == 3 && parts.iter().all(|part| part.trim().parse::<u8>().is_ok())
}
