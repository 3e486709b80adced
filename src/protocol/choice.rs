//! Enums of which a person chooses one by its name.

/// Makes an enum from a row for each choice: what it is, its name in the program, and its name in files and on the command
/// line. What it is stands in help, too. `[default]` is for types that derive `Default`.
macro_rules! choices {
    ($(#[$meta:meta])* pub enum $type:ident { $($(#[doc = $doc:literal])+ $variant:ident $([$default:ident])? = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $($(#[doc = $doc])+ $(#[$default])? #[serde(rename = $name)] $variant,)+
        }

        impl $type {
            /// All of them, in the order in which they are listed.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name of each, with what it is.
            pub const CHOICES: [(&'static str, &'static str); Self::ALL.len()] =
                [$(($name, concat!($($doc),+).trim_ascii())),+];

            /// Its name in files and on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one of this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|choice| choice.name() == name)
            }
        }
    };
}

pub(crate) use choices;
