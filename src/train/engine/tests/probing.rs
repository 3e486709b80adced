//! Looks at the probe: when they are made, and that nothing follows from them.

use super::*;
use crate::data::Probe;
use crate::protocol::Probed;

fn probed(events: &[Event]) -> Vec<Probed> {
    let steps = events.iter().filter_map(|event| match event {
        Event::StepsFinished(steps) => Some(steps),
        _ => None,
    });
    steps.flat_map(|steps| steps.probed.clone()).collect()
}

#[test]
fn looks_change_nothing_and_are_the_same_after_going_on() {
    let mut dropout = spec();
    dropout.layers.insert(2, LayerSpec::Dropout { rate: 0.4 });
    dropout.hyperparameters.epochs = 8;
    let mut port = Script { commands: Vec::new(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    Engine::new(job(dropout.clone()).expect("a job"), &mut port).run();
    let mut blind = job(dropout).expect("a job");
    blind.probe = Probe::default();
    let mut other = Script { commands: Vec::new(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    Engine::new(blind, &mut other).run();
    assert_eq!(port.events.last(), other.events.last(), "the same weights");
    let looks = probed(&port.events);
    assert!(probed(&other.events).is_empty());
    // Of 24 images two belong to each of 12 parts, and 40 are trained on for each: 8 epochs of 96 are 19 times that.
    assert_eq!((looks.len(), looks[0].step, looks[0].of), (19, 3, 12));
    assert!(looks.iter().zip((0..12).cycle()).all(|(look, part)| look.part == part && look.root > 0.0));
    let middle = port.checkpoints.iter().find(|checkpoint| checkpoint.step() == 24).expect("the end of an epoch");
    let again = probed(&go_on(middle, &[]));
    assert_eq!(again, looks.into_iter().filter(|look| look.step > 24).collect::<Vec<_>>());
}
