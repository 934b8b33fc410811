//! Enums whose variants have names: one that programs read and one that people read.

/// An enum without fields, with its variants' names beside them.
///
/// What follows the enum's name says which names there are, and which functions come of them, beside `ALL`:
/// - `code`: the word that the database and protocols hold; `code()` and `from_code()`, which gives an `Option`;
/// - `code or Other`: the same, but `from_code()` gives the variant `Other` where a word is unknown;
/// - `slug`: the word that URLs and forms hold; `slug()` and `from_slug()`;
/// - `label`: what people read; `label()`.
macro_rules! named_enum {
    ($(#[$meta:meta])* pub enum $name:ident: $kind:ident $(or $other:ident)?, label {
        $($(#[$doc:meta])* $variant:ident = $word:literal, $label:literal;)+
    }) => {
        named_enum!(@enum $(#[$meta])* $name { $($(#[$doc])* $variant)+ });
        named_enum!(@$kind $(or $other)? $name { $($variant = $word)+ });
        named_enum!(@label $name { $($variant = $label)+ });
    };
    ($(#[$meta:meta])* pub enum $name:ident: $kind:ident {
        $($(#[$doc:meta])* $variant:ident = $word:literal;)+
    }) => {
        named_enum!(@enum $(#[$meta])* $name { $($(#[$doc])* $variant)+ });
        named_enum!(@$kind $name { $($variant = $word)+ });
    };
    (@enum $(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident)+ }) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every variant, in the order in which people are shown them.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];
        }
    };
    (@code $name:ident { $($table:tt)+ }) => {
        named_enum!(@words $name code "The word that the database and protocols hold." { $($table)+ });

        impl $name {
            /// The variant behind a word of the database or of a protocol.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.code() == code)
            }
        }
    };
    (@code or $other:ident $name:ident { $($table:tt)+ }) => {
        named_enum!(@words $name code "The word that the database and protocols hold." { $($table)+ });

        impl $name {
            #[doc = concat!("The variant behind a word of the database or of a protocol; `", stringify!($other))]
            #[doc = "` where it is unknown."]
            #[must_use]
            pub fn from_code(code: &str) -> Self {
                Self::ALL.into_iter().find(|one| one.code() == code).unwrap_or(Self::$other)
            }
        }
    };
    (@slug $name:ident { $($table:tt)+ }) => {
        named_enum!(@words $name slug "The word that URLs and forms hold." { $($table)+ });

        impl $name {
            /// The variant behind a word of a URL or a form.
            #[must_use]
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.slug() == slug)
            }
        }
    };
    (@label $name:ident { $($table:tt)+ }) => {
        named_enum!(@words $name label "What people read." { $($table)+ });
    };
    (@words $name:ident $function:ident $doc:literal { $($variant:ident = $word:literal)+ }) => {
        impl $name {
            #[doc = $doc]
            #[must_use]
            pub const fn $function(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}
pub(crate) use named_enum;
