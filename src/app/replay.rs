//! A recorded run while it is played: where it stands, how fast it goes, and what had been told by then.

use std::sync::Arc;
use std::time::Duration;

use crate::protocol::{Event, Record};

/// Longer pauses between two events are played as this one: nobody wants to watch a run that waits.
const LONGEST_PAUSE_MS: f64 = 1_000.0;
/// The speeds of the keys, as multiples of that at which it was recorded.
const SPEEDS: [f64; 12] = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];
/// A short move is this part of the whole.
const SHORT: f64 = 0.01;

/// A place to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// Before the first step.
    Start,
    /// After the last event.
    End,
    /// A hundredth of the whole on, or back.
    Short(bool),
    /// The next telling of steps, or the one before.
    Steps(bool),
    /// The end of the next epoch, or of the one before.
    Epoch(bool),
}

/// A recorded run while it is played.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    records: Vec<Arc<Record>>,
    /// For each record, when it comes at speed 1, pauses shortened.
    due_ms: Vec<f64>,
    /// The places, as numbers of records before them, right after each telling of steps.
    steps: Vec<usize>,
    /// The places before the first step and at each epoch's end.
    epochs: Vec<usize>,
    last_step: u64,
    at_ms: f64,
    /// Records that are to be told by now.
    told: usize,
    /// Records that were.
    shown: usize,
    speed: f64,
    playing: bool,
}

impl Replay {
    /// Of a run that has told nothing yet, played so many times as fast as it was recorded.
    pub fn new(speed: f64) -> Self {
        Self { speed, playing: true, ..Self::default() }
    }

    /// Whether it goes on by itself.
    pub fn is_playing(&self) -> bool {
        self.playing && !self.is_at_end()
    }

    /// Whether everything that is recorded was told.
    pub fn is_at_end(&self) -> bool {
        self.told == self.records.len()
    }

    /// How many times as fast as it was recorded.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Where it stands, and how long it takes in all, at speed 1 and with pauses shortened.
    pub fn position(&self) -> (Duration, Duration) {
        let duration = |ms: f64| Duration::from_millis(ms as u64);
        (duration(self.at_ms), duration(self.length_ms()))
    }

    /// The part of it that was told, 0 to 1.
    pub fn part(&self) -> f64 {
        if self.is_at_end() { 1.0 } else { (self.at_ms / self.length_ms().max(1.0)).min(1.0) }
    }

    /// Where each epoch ends, as a part of the whole.
    pub fn epoch_ends(&self) -> impl Iterator<Item = f64> {
        let length = self.length_ms().max(1.0);
        self.epochs.iter().skip(1).map(move |place| self.due_of(*place) / length)
    }

    /// The last step that is recorded.
    pub fn last_step(&self) -> u64 {
        self.last_step
    }

    /// Takes in what was recorded after the rest.
    pub(super) fn add(&mut self, records: Vec<Arc<Record>>) {
        let mut newest_ms = self.records.last().map(|record| record.at_ms);
        let mut epoch_over = self.epochs.is_empty();
        for record in records {
            let pause = record.at_ms.saturating_sub(newest_ms.unwrap_or(record.at_ms)) as f64;
            newest_ms = Some(record.at_ms);
            let place = self.records.len();
            match &record.event {
                Event::StepsFinished(steps) => {
                    if std::mem::take(&mut epoch_over) {
                        self.epochs.push(place);
                    }
                    self.steps.push(place + 1);
                    self.last_step = steps.last_step();
                }
                // What is told of its end comes before the next steps.
                Event::EpochFinished { .. } => epoch_over = true,
                _ => {}
            }
            self.due_ms.push(self.length_ms() + pause.min(LONGEST_PAUSE_MS));
            self.records.push(record);
        }
        if self.told == 0 {
            self.seek(Seek::Start);
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, passed: Duration) {
        if self.is_playing() {
            self.at_ms = (self.at_ms + passed.as_secs_f64() * 1_000.0 * self.speed).min(self.length_ms());
            self.told = self.due_ms.partition_point(|due| *due <= self.at_ms).max(self.told);
        }
    }

    /// Goes to another place.
    pub(super) fn seek(&mut self, to: Seek) {
        let (told, all) = (self.told, self.records.len());
        let before = |places: &[usize]| places.iter().rfind(|place| **place < told).copied();
        let after = |places: &[usize]| places.iter().find(|place| **place > told).copied().unwrap_or(all);
        let start = self.epochs.first().copied().unwrap_or(all);
        let place = match to {
            Seek::Start => start,
            Seek::End => all,
            Seek::Steps(on) => {
                // Whoever looks at single steps wants to stay there.
                self.playing = false;
                if on { after(&self.steps) } else { before(&self.steps).unwrap_or(start) }
            }
            Seek::Epoch(true) => after(&self.epochs),
            Seek::Epoch(false) => before(&self.epochs).unwrap_or(start),
            Seek::Short(on) => {
                let by = (self.length_ms() * SHORT).max(1.0);
                let at_ms = self.at_ms + if on { by } else { -by };
                self.at_ms = at_ms.clamp(self.due_of(start), self.length_ms());
                self.told = self.due_ms.partition_point(|due| *due <= self.at_ms).max(start);
                return;
            }
        };
        self.told = place;
        self.at_ms = self.due_of(place);
    }

    /// Stops, or goes on; from the start, when it is at the end.
    pub(super) fn toggle(&mut self) {
        if self.is_at_end() {
            self.seek(Seek::Start);
            self.playing = true;
        } else {
            self.playing = !self.playing;
        }
    }

    /// The next speed of the keys.
    pub(super) fn change_speed(&mut self, faster: bool) {
        let next = match faster {
            true => SPEEDS.iter().find(|speed| **speed > self.speed),
            false => SPEEDS.iter().rfind(|speed| **speed < self.speed),
        };
        self.speed = next.copied().unwrap_or(self.speed);
    }

    /// What is to be told now, and whether the telling begins again from the start.
    pub(super) fn news(&mut self) -> (bool, Vec<Arc<Record>>) {
        let again = self.told < self.shown;
        let from = if again { 0 } else { self.shown };
        self.shown = self.told;
        (again, self.records[from..self.told].to_vec())
    }

    fn length_ms(&self) -> f64 {
        self.due_ms.last().copied().unwrap_or(0.0)
    }

    /// When the last record before a place comes.
    fn due_of(&self, place: usize) -> f64 {
        place.checked_sub(1).and_then(|last| self.due_ms.get(last)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Phase, StepsFinished};

    /// Two epochs of two tellings of ten steps each; an hour's pause within the second.
    fn recorded() -> Vec<Arc<Record>> {
        let steps = |first_step| {
            Event::StepsFinished(Box::new(StepsFinished { first_step, loss: vec![1.0; 10], ..StepsFinished::default() }))
        };
        let epoch = |epoch| Event::EpochFinished { epoch, step: 20 * epoch as u64, train_loss: 1.0, train_accuracy: 0.5 };
        let phase = |phase| Event::PhaseChanged { phase, step: 0, answers: None };
        let events = [
            (0, phase(Phase::Training)),
            (100, steps(1)),
            (200, steps(11)),
            (200, epoch(1)),
            (300, phase(Phase::Evaluating)),
            (400, steps(21)),
            (400, phase(Phase::Paused)),
            (3_600_400, steps(31)),
            (3_600_400, epoch(2)),
        ];
        events.into_iter().map(|(at_ms, event)| Arc::new(Record { at_ms, event })).collect()
    }

    fn replay() -> Replay {
        let mut replay = Replay::new(1.0);
        replay.add(recorded());
        replay
    }

    #[test]
    fn it_starts_before_the_first_step_and_shortens_pauses() {
        let replay = replay();
        assert_eq!((replay.told, replay.last_step(), replay.is_playing()), (1, 40, true));
        assert_eq!(replay.position(), (Duration::ZERO, Duration::from_millis(1_400)));
        assert_eq!(replay.epoch_ends().map(|part| (part * 14.0).round()).collect::<Vec<_>>(), [3.0]);
    }

    #[test]
    fn time_tells_what_is_due() {
        for (speed, ticks, told, playing) in
            [(1.0, &[99][..], 1, true), (1.0, &[50, 50], 2, true), (20.0, &[10], 4, true), (1_000.0, &[1_000], 9, false)]
        {
            let mut replay = Replay::new(speed);
            replay.add(recorded());
            ticks.iter().for_each(|ms| replay.tick(Duration::from_millis(*ms)));
            assert_eq!((replay.told, replay.is_playing()), (told, playing), "speed {speed}, {ticks:?}");
        }
    }

    #[test]
    fn every_place_can_be_reached() {
        let moves: [(&[Seek], usize); 11] = [
            (&[Seek::End], 9),
            (&[Seek::End, Seek::Start], 1),
            (&[Seek::Steps(true)], 2),
            (&[Seek::Steps(true), Seek::Steps(true), Seek::Steps(true)], 6),
            (&[Seek::Steps(true), Seek::Steps(false)], 1),
            (&[Seek::Epoch(true)], 5),
            (&[Seek::Epoch(true), Seek::Epoch(true)], 9),
            (&[Seek::End, Seek::Epoch(false)], 5),
            (&[Seek::Epoch(false)], 1),
            (&[Seek::End, Seek::Short(false)], 7),
            (&[Seek::Short(false)], 1),
        ];
        for (moves, told) in moves {
            let mut replay = replay();
            moves.iter().for_each(|seek| replay.seek(*seek));
            assert_eq!(replay.told, told, "{moves:?}");
        }
    }

    #[test]
    fn going_back_tells_everything_again() {
        let mut replay = replay();
        replay.seek(Seek::Epoch(true));
        assert_eq!(replay.news(), (false, recorded()[..5].to_vec()));
        assert_eq!(replay.news(), (false, Vec::new()));
        replay.seek(Seek::Steps(false));
        assert_eq!(replay.news(), (true, recorded()[..3].to_vec()));
    }

    #[test]
    fn at_the_end_it_waits_for_more_or_starts_again() {
        let mut replay = replay();
        replay.seek(Seek::End);
        assert!(replay.is_at_end() && !replay.is_playing());
        replay.add(vec![Arc::new(Record { at_ms: 3_600_500, event: recorded()[7].event.clone() })]);
        assert!(!replay.is_at_end() && replay.is_playing(), "a run that is being trained goes on");
        replay.tick(Duration::from_millis(100));
        assert!(replay.is_at_end());
        replay.toggle();
        assert_eq!((replay.told, replay.is_playing()), (1, true));
        replay.toggle();
        assert!(!replay.is_playing());
    }

    #[test]
    fn speeds_go_up_and_down_and_stay_in_their_range() {
        let mut replay = Replay::new(7.0);
        let mut press = |faster| {
            replay.change_speed(faster);
            replay.speed()
        };
        assert_eq!([press(true), press(true), press(false), press(false)], [10.0, 20.0, 10.0, 5.0]);
        assert_eq!((0..20).map(|_| press(true)).last(), Some(1_000.0));
        assert_eq!((0..20).map(|_| press(false)).last(), Some(0.25));
    }
}
