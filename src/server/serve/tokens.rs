//! The file of those who may come in.
// upstream: staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go NewCSV

use std::collections::BTreeMap;
use std::path::Path;

use podarium_cluster::sim::{AUTHENTICATED, Identity, User};

/// Users by token.
#[derive(Debug)]
pub struct Tokens {
    users: BTreeMap<String, User>,
    first: Option<String>,
}

impl Tokens {
    /// Reads lines of `token,user,uid,"group,group"`; the groups may be left out.
    ///
    /// # Errors
    /// A sentence that names the file, and the line that is at fault.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let tokens = Tokens::parse(&text).map_err(|e| format!("{}:{e}", path.display()))?;
        if tokens.users.is_empty() {
            return Err(format!("{} names nobody", path.display()));
        }
        Ok(tokens)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = Tokens {
            users: BTreeMap::new(),
            first: None,
        };
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fields = fields(line);
            let [token, name, uid, rest @ ..] = fields.as_slice() else {
                let number = number + 1;
                return Err(format!(
                    "{number}: token, user name and user uid are needed"
                ));
            };
            if token.is_empty() {
                return Err(format!("{}: the token is empty", number + 1));
            }
            let groups = rest.first().map(String::as_str).unwrap_or_default();
            let groups = groups.split(',').map(str::trim).filter(|g| !g.is_empty());
            let user = User::from(Identity {
                name: name.as_str().into(),
                uid: uid.as_str().into(),
                groups: groups.chain([AUTHENTICATED]).map(Into::into).collect(),
                extra: Vec::new(),
            });
            tokens.first.get_or_insert_with(|| token.clone());
            tokens.users.insert(token.clone(), user);
        }
        Ok(tokens)
    }

    /// Whose token it is.
    pub fn user(&self, token: &str) -> Option<User> {
        self.users.get(token).cloned()
    }

    /// The token of the first line, for the kubeconfig of whoever started the server.
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }
}

/// Fields between commas; those with commas in them are quoted.
fn fields(line: &str) -> Vec<String> {
    let (mut out, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(std::mem::take(&mut field).trim().to_owned()),
            c => field.push(c),
        }
    }
    out.push(field.trim().to_owned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_users() {
        let text = "# who\ns3cret,jane,1,\"dev,ops\"\n\nother, bob ,2\n";
        let tokens = Tokens::parse(text).unwrap();
        let jane = tokens.user("s3cret").unwrap();
        assert_eq!(&*jane.name, "jane");
        let groups: Vec<_> = jane.groups.iter().map(|g| &**g).collect();
        assert_eq!(groups, ["dev", "ops", AUTHENTICATED]);
        assert_eq!(&*tokens.user("other").unwrap().name, "bob");
        assert_eq!(
            (tokens.user("jane"), tokens.first()),
            (None, Some("s3cret"))
        );
        assert_eq!(
            Tokens::parse("a,b").unwrap_err(),
            "1: token, user name and user uid are needed"
        );
        assert_eq!(Tokens::parse(",b,c").unwrap_err(), "1: the token is empty");
    }
}
