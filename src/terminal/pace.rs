//! How often the terminal is sent a frame, and how much.

use std::time::Duration;

use crate::config::UiConfig;

/// The least time from one frame to the next, whatever happens.
const FRAME: Duration = Duration::from_millis(33);
/// The same for the run's progress on a slow line.
const SLOW_FRAME: Duration = Duration::from_secs(4);
/// Bytes a second that the run's progress takes at most, and on a slow line: after a large frame the next waits longer.
const RATE: f64 = 9_000.0;
const SLOW_RATE: f64 = 900.0;

/// When the next frame is drawn.
#[derive(Debug)]
pub(super) struct Pace {
    /// The least time from one frame to the next while nothing but the run's own course has changed.
    interval: Duration,
    /// Bytes a second that such frames take at most.
    rate: f64,
    /// That time after the last frame.
    wait: Duration,
    /// Something that cannot wait is in the next frame.
    urgent: bool,
}

impl Pace {
    /// As the configuration asks for.
    pub fn of(config: &UiConfig) -> Self {
        let usual = Duration::from_secs(1) / config.max_fps.max(1);
        let (interval, rate) = if config.low_bandwidth { (SLOW_FRAME, SLOW_RATE) } else { (usual, RATE) };
        Self { interval, rate, wait: interval, urgent: false }
    }

    /// How old the last frame has to be for the next.
    pub fn age(&mut self, can_wait: bool) -> Duration {
        self.urgent |= !can_wait;
        if can_wait { self.wait } else { FRAME }
    }

    /// A frame of so many bytes was sent. One that shows what a person has asked for is no reason to wait.
    pub fn sent(&mut self, bytes: usize) {
        let urgent = std::mem::take(&mut self.urgent);
        let longer = if urgent { Duration::ZERO } else { Duration::from_secs_f64(bytes as f64 / self.rate) };
        self.wait = self.interval.max(longer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_large_frame_the_progress_waits_and_a_person_does_not() {
        let mut pace = Pace::of(&UiConfig { low_bandwidth: true, ..UiConfig::default() });
        assert_eq!(pace.age(true), SLOW_FRAME);
        pace.sent(900);
        assert_eq!(pace.age(true), SLOW_FRAME, "small enough");
        pace.sent(9_000);
        assert_eq!(pace.age(true), Duration::from_secs(10));
        assert_eq!(pace.age(false), FRAME);
        // What somebody asked for costs no time.
        pace.sent(90_000);
        assert_eq!(pace.age(true), SLOW_FRAME);
        let mut pace = Pace::of(&UiConfig { max_fps: 10, ..UiConfig::default() });
        pace.age(true);
        pace.sent(18_000);
        assert_eq!(pace.age(true), Duration::from_secs(2));
    }
}
