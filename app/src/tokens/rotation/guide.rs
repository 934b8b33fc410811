//! What is left to do in a rotation, one section for each way in which delegates were installed.

use leptos::prelude::*;
use muster::{delegate::DelegateType, token::TokenRotation};

use super::{
    rotation_href,
    steps::{Guide, Part, Step, guides},
};
use crate::{
    install::{Cluster, ClusterForm},
    ui::copy::Command,
};

/// The guides for the delegates that do not use the new token yet.
pub fn what_to_do(rotation: &TokenRotation, cluster: Cluster) -> impl IntoView + use<> {
    let new = rotation.new.as_ref().map(|new| &new.token);
    let guides = guides(&rotation.delegates, new.map(|new| new.id), cluster.word());
    let page = rotation_href(rotation.old.token.id).to_string();
    let asks = guides.iter().any(|guide| guide.kind == DelegateType::Ecs);
    (!guides.is_empty()).then(|| {
        view! {
            <section class="block">
                <h2>"What to do"</h2>
                <p class="sub">
                    {new.map(|new| format!(
                        "The value of {} was shown once, when it was made. Files that you download anew hold it, so \
                        for those nothing has to be typed.",
                        new.name,
                    ))}
                </p>
                {asks.then(|| view! { <ClusterForm action=page cluster=cluster /> })}
                {guides.into_iter().map(section).collect_view()}
            </section>
        }
    })
}

fn section(guide: Guide) -> impl IntoView {
    let Guide { title, delegates, more, steps, anew, .. } = guide;
    let many = delegates.len() + more > 1;
    view! {
        <section class="card guide">
            <h3>{title}</h3>
            <ul class="guide-delegates" aria-label="Delegates">
                {delegates
                    .into_iter()
                    .map(|(name, host)| {
                        view! {
                            <li>
                                <b>{name}</b>
                                " on "
                                <span class="mono">{host}</span>
                            </li>
                        }
                    })
                    .collect_view()}
                {(more > 0).then(|| view! { <li class="muted">{format!("and {more} more, in the same way")}</li> })}
            </ul>
            {many.then(|| view! { <p class="muted">"Do this for each of them; every one has files of its own."</p> })}
            <ol class="steps">{steps.into_iter().map(step).collect_view()}</ol>
            {(!anew.is_empty()).then(|| {
                view! {
                    <p class="guide-anew">
                        "Or install it anew: download the files of "
                        {anew
                            .into_iter()
                            .enumerate()
                            .map(|(index, (name, href))| {
                                view! {
                                    {(index > 0).then_some(", ")}
                                    <a class="link" href=href.to_string()>
                                        {name}
                                    </a>
                                }
                            })
                            .collect_view()}
                        " with the new token."
                    </p>
                }
            })}
        </section>
    }
}

fn step(step: Step) -> impl IntoView {
    let part = |part: Part| match part {
        Part::Words(words) => words.into_any(),
        Part::Code(code) => view! { <code>{code}</code> }.into_any(),
    };
    view! {
        <li>
            <p>{step.say.into_iter().map(part).collect_view()}</p>
            {step.commands.into_iter().map(|line| view! { <Command line=line /> }).collect_view()}
        </li>
    }
}
