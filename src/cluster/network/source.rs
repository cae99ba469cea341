//! What a traffic source is: where requests come from, how many, and where they go.

use std::fmt;

use podarium_api::meta::Str;

/// Where requests come from, how many, and where they go.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficSource {
    /// Its name; one of that name at most.
    pub name: Str,
    /// Where the requests begin.
    pub from: Origin,
    /// Where they go.
    pub to: Destination,
    /// How many thousandths of a request a second, from 1 to 1,000,000,000.
    pub per_second_milli: u64,
}

/// Where the requests of a source begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Outside the cluster, each from an address of its own.
    Internet,
    /// A pod.
    Pod {
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
    },
}

/// Where the requests of a source go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A URL or `host:port`.
    Url(Str),
    /// Every LoadBalancer Service that has an address, in turn.
    EveryLoadBalancer,
}

impl fmt::Display for TrafficSource {
    /// What a person would type for it, without the verb.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} --from ", self.name)?;
        match &self.from {
            Origin::Internet => f.write_str("internet")?,
            Origin::Pod { namespace, name } => write!(f, "pod/{name} -n {namespace}")?,
        }
        match &self.to {
            Destination::Url(url) => write!(f, " --to {url}")?,
            Destination::EveryLoadBalancer => f.write_str(" --to load-balancers")?,
        }
        let (whole, rest) = (self.per_second_milli / 1_000, self.per_second_milli % 1_000);
        write!(f, " --rate {whole}")?;
        if rest > 0 {
            let digits = format!("{rest:03}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_prints_as_it_is_typed() {
        let mut source = TrafficSource {
            name: "shoppers".into(),
            from: Origin::Internet,
            to: Destination::EveryLoadBalancer,
            per_second_milli: 2_500,
        };
        assert_eq!(
            source.to_string(),
            "shoppers --from internet --to load-balancers --rate 2.5"
        );
        source.from = Origin::Pod {
            namespace: "shop".into(),
            name: "cart-1".into(),
        };
        source.to = Destination::Url("http://redis:6379".into());
        source.per_second_milli = 40_000;
        assert_eq!(
            source.to_string(),
            "shoppers --from pod/cart-1 -n shop --to http://redis:6379 --rate 40"
        );
    }
}
