//! An install file.

use std::io;

use askama::Template;
use muster::install::Language;
use zeroize::Zeroizing;

/// An install file.
pub struct Artifact {
    /// Its name.
    pub name: &'static str,
    /// Its permissions.
    pub mode: u32,
    /// Its language.
    pub language: Language,
    /// Its text; may hold the token's value.
    pub text: Zeroizing<String>,
}

impl Artifact {
    /// A file that a template makes.
    pub fn of(name: &'static str, mode: u32, language: Language, template: &impl Template) -> io::Result<Self> {
        let mut text = Zeroizing::new(template.render().map_err(io::Error::other)?);
        // askama leaves out the last line end of a template.
        text.push('\n');
        Ok(Self { name, mode, language, text })
    }

    /// A file that is the same for everybody.
    pub fn fixed(name: &'static str, mode: u32, language: Language, text: &str) -> Self {
        Self { name, mode, language, text: Zeroizing::new(text.to_owned()) }
    }

    /// The type by which browsers know it.
    pub const fn media_type(&self) -> &'static str {
        match self.language {
            Language::Yaml => "application/yaml",
            Language::Json => "application/json",
            Language::Shell => "application/x-sh",
            Language::Text => "text/plain; charset=utf-8",
        }
    }
}
