//! A made-up run that looks like a real one: the events of a small network learning ten digits, always the same.

use std::sync::Arc;

use mnist_tui::protocol::{
    Activation, Augmentation, CheckpointReason, ConfusionMatrix, DataSpec, Evaluation, Event, FineTuning, Holdout, Hyper,
    Hyperparameters, JudgedImages, LayerMeasure, LayerShape, LayerSpec, Optimizer, Outcome, Padding, Phase, Probed, Record,
    RequestId, RunSpec, RunStarted, Sample, Schedule, Split, StepsFinished,
};

/// Steps in one event.
const CHUNK: u64 = 20;

/// What the made-up run is like.
pub struct Synthetic {
    pub classes: usize,
    /// What the first classes are called; the others by their numbers.
    pub names: &'static [&'static str],
    pub batch: usize,
    pub epochs: usize,
    pub train_images: usize,
    /// How far it has come.
    pub steps: u64,
    /// Changes of the learning rate: before which step, from, to.
    pub changes: &'static [(u64, f64, f64)],
    pub outcome: Option<Outcome>,
    pub schedule: Schedule,
    /// Whether training images were varied from the newest step on.
    pub augmented: bool,
}

impl Default for Synthetic {
    fn default() -> Self {
        let changes = &[(400, 0.001, 0.002), (1_500, 0.002, 0.0005)];
        Self {
            classes: 10,
            names: &[],
            batch: 64,
            epochs: 5,
            train_images: 55_000,
            steps: 1_764,
            changes,
            outcome: None,
            schedule: Schedule::Constant,
            augmented: false,
        }
    }
}

/// Numbers that look random (SplitMix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl Synthetic {
    pub fn records(&self) -> Vec<Arc<Record>> {
        let mut noise = Noise(7);
        let mut records = vec![self.started(), self.chosen()];
        let per_epoch = (self.train_images.div_ceil(self.batch)) as u64;
        let mut changes = self.changes.iter();
        let mut change = changes.next();
        let mut step = 0;
        while step < self.steps {
            let epoch = step / per_epoch + 1;
            let mut end = (step + CHUNK).min(self.steps).min(epoch * per_epoch);
            if let Some((at, from, to)) = change
                && *at <= end
            {
                end = *at;
                change = changes.next();
                let answers = RequestId { client: 1, number: 1 };
                let (from, to) = (*from, *to);
                records.push((end, Event::HyperChanged { step: end, hyper: Hyper::LearningRate, from, to, base: None, answers }));
            }
            if end > step {
                records.push((end, self.steps(step, end, epoch as usize, &mut noise)));
            }
            step = end;
            if step % 100 < CHUNK || step == self.steps {
                records.push((step, self.predicted(step)));
            }
            if step == epoch * per_epoch {
                let (epoch, answers) = (epoch as usize, None);
                let (train_loss, train_accuracy) = (loss(step as f64), 1.0 - error(step as f64));
                records.push((step, Event::EpochFinished { epoch, step, train_loss, train_accuracy }));
                let evaluation = self.judged(step, 5_000, &mut noise);
                records.push((step, Event::Evaluated { split: Split::Validation, epoch, step, evaluation, answers }));
                records.push((step, Event::PhaseChanged { phase: Phase::Training, step, answers }));
            }
        }
        if self.augmented {
            let answers = RequestId { client: 1, number: 2 };
            let samples = (0..12).map(|i| Sample { index: i, label: i * 3 % 10, pixels: digit(i * 3 % 10, i) }).collect();
            records
                .push((step, Event::HyperChanged { step, hyper: Hyper::Augmentation, from: 0.0, to: 1.0, base: None, answers }));
            records.push((step, Event::SamplesAugmented { step, samples }));
        }
        if let Some(outcome) = &self.outcome {
            let epoch = (self.steps / per_epoch).max(1) as usize;
            if !matches!(outcome, Outcome::Failed { .. }) {
                let evaluation = self.judged(self.steps, 10_000, &mut noise);
                let step = self.steps;
                records.push((step, Event::Evaluated { split: Split::Test, epoch, step, evaluation, answers: None }));
            }
            let weights_sha256 = "5f2c".repeat(16);
            records.push((step, Event::RunEnded { outcome: outcome.clone(), step, weights_sha256, answers: None }));
        }
        records.into_iter().map(|(step, event)| Arc::new(Record { at_ms: step * 15 / 4, event })).collect()
    }

    fn started(&self) -> (u64, Event) {
        let hyperparameters = Hyperparameters { batch_size: self.batch, epochs: self.epochs, ..Hyperparameters::default() };
        let data = DataSpec { source: "mnist".into(), validation: Holdout::Count(5_000), ..DataSpec::default() };
        let (preset, optimizer) = ("seed".to_owned(), Optimizer::Adam);
        let spec = RunSpec {
            preset,
            layers: vec![
                LayerSpec::Conv { filters: 16, kernel: 3, stride: 1, padding: Padding::Valid, activation: Activation::Relu },
                LayerSpec::MaxPool { size: 2 },
                LayerSpec::Flatten,
                LayerSpec::Dense { units: 10, activation: Activation::None },
            ],
            init_from: None,
            freeze: Vec::new(),
            fine_tuning: FineTuning::default(),
            optimizer,
            seed: 1,
            data,
            augmentation: Augmentation::default(),
            hyperparameters,
            schedule: self.schedule,
            min_delta: 0.0,
            until_test_accuracy: None,
        };
        let started = RunStarted {
            run_id: "20260101-120000-seed".into(),
            name: "seed".into(),
            spec,
            threads: 2,
            started_at_ms: 1_767_268_800_000,
            class_names: (0..self.classes)
                .map(|class| self.names.get(class).map_or(class.to_string(), |name| (*name).into()))
                .collect(),
            image_shape: [28, 28, 1],
            train_images: self.train_images,
            validation_images: 5_000,
            test_images: 10_000,
            parent: None,
            layers: [
                ("conv1", vec![26, 26, 16], 160),
                ("pool1", vec![13, 13, 16], 0),
                ("flatten1", vec![2_704], 0),
                ("dense1", vec![self.classes], 2_705 * self.classes),
            ]
            .map(|(name, output, parameters)| LayerShape { name: name.into(), output, parameters })
            .into(),
        };
        (0, Event::RunStarted(Box::new(started)))
    }

    fn chosen(&self) -> (u64, Event) {
        let samples = (0..16).map(|i| {
            let label = (i * 7 + 3) % self.classes;
            Sample { index: i, label, pixels: digit(label % 10, i) }
        });
        (0, Event::SamplesChosen { samples: samples.collect() })
    }

    fn predicted(&self, step: u64) -> Event {
        let row = |i: usize| {
            let label = (i * 7 + 3) % self.classes;
            // Some images are hard: they are taken for their neighbour for a long time.
            let hard = [1.0, 3.0, 0.5, 0.2, 30.0, 0.4, 2.0, 0.8][i % 8];
            let doubt = (error(step as f64) * hard * 1.6).min(0.92);
            let mut row = vec![doubt as f32 * 0.2 / self.classes as f32; self.classes];
            row[label] += 1.0 - doubt as f32;
            row[(label + 5) % self.classes] += doubt as f32 * 0.7;
            row[(label + 1) % self.classes] += doubt as f32 * 0.1;
            row
        };
        Event::SamplesPredicted { step, probabilities: (0..16).map(row).collect() }
    }

    fn steps(&self, from: u64, to: u64, epoch: usize, noise: &mut Noise) -> Event {
        let mut confusion = ConfusionMatrix::new(self.classes);
        let (mut losses, mut corrects) = (Vec::new(), Vec::new());
        for step in from..to {
            let rough = 0.55 + 0.9 * noise.next();
            losses.push((loss(step as f64) * rough) as f32);
            let wrong = (error(step as f64) * self.batch as f64 * rough).min(self.batch as f64);
            let wrong = (wrong + noise.next()) as u32;
            corrects.push((self.batch as u32).saturating_sub(wrong));
            for i in 0..self.batch {
                self.count(&mut confusion, i < wrong as usize, noise);
            }
        }
        let images_seen = (to * self.batch as u64).min((self.train_images * self.epochs) as u64);
        Event::StepsFinished(Box::new(StepsFinished {
            first_step: from + 1,
            epoch,
            batch: vec![self.batch as u32; losses.len()],
            learning_rate: vec![0.001; losses.len()],
            loss: losses,
            correct: corrects,
            gradient_norm: Some(0.8),
            images_seen,
            train_seconds: images_seen as f64 / 17_234.0,
            confusion,
            probed: (from + 1..=to).filter(|step| step % 10 == 0).map(probed).collect(),
        }))
    }

    /// Counts an image, wrong ones mostly among those that look alike.
    fn count(&self, confusion: &mut ConfusionMatrix, wrong: bool, noise: &mut Noise) {
        let of = |part: f64| ((part * self.classes as f64) as usize).min(self.classes - 1);
        let truth = of(noise.next());
        let alike = [6, 7, 7, 5, 9, 3, 0, 2, 3, 4];
        let predicted = match (wrong, noise.next()) {
            (false, _) => truth,
            (true, part) if part < 0.6 => alike[truth % 10] % self.classes,
            (true, _) => of(noise.next()),
        };
        confusion.add(truth, predicted);
    }

    fn judged(&self, step: u64, images: usize, noise: &mut Noise) -> Evaluation {
        let mut confusion = ConfusionMatrix::new(self.classes);
        for _ in 0..images {
            let wrong = noise.next() < error(step as f64) * 0.9;
            self.count(&mut confusion, wrong, noise);
        }
        Evaluation { loss: loss(step as f64) * 0.93, confusion }
    }
}

/// Two judgements that tell of each image, after what has been told.
#[allow(dead_code)]
pub fn judgements() -> Vec<Arc<Record>> {
    judgements_of(0)
}

/// The same of one of several runs, each with mistakes of its own.
#[allow(dead_code)]
pub fn judgements_of(run: usize) -> Vec<Arc<Record>> {
    let mut records = Vec::new();
    for (epoch, step) in [(3, 1_750), (4, 1_764)] {
        let (mut images, mut confusion) = (JudgedImages::default(), ConfusionMatrix::new(10));
        for i in 0..500usize {
            let truth = i % 10;
            let is_wrong = (i * 7 + epoch * 3 + run) % 31 < 2;
            let predicted = if is_wrong { (truth + 1 + i % 3) % 10 } else { truth };
            confusion.add(truth, predicted);
            images.push(truth as u16, predicted as u16, 1.0 - (i * 13 % 60) as f32 / 100.0);
        }
        let evaluation = Evaluation { loss: 0.1, confusion };
        records.push(Event::ImagesJudged { split: Split::Validation, epoch, step, images });
        records.push(Event::Evaluated { split: Split::Validation, epoch, step, evaluation, answers: None });
    }
    records.into_iter().map(|event| Arc::new(Record { at_ms: 7_000, event })).collect()
}

/// What was measured of the layers.
#[allow(dead_code)]
pub fn measures() -> Vec<Arc<Record>> {
    let layer = |name: &str, update_ratio, silent, time_share| LayerMeasure {
        name: name.into(),
        weight_norm: 3.21,
        gradient_norm: 0.84,
        update_ratio,
        silent,
        time_share,
    };
    let layers = vec![layer("conv1", 1.1e-3, Some((0.25, 16)), 0.61), layer("dense1", 2.4e-2, None, 0.39)];
    vec![Arc::new(Record { at_ms: 7_000, event: Event::LayersMeasured { step: 1_764, layers } })]
}

/// A checkpoint that is on the disk.
#[allow(dead_code)]
pub fn checkpoint() -> Vec<Arc<Record>> {
    let events = [
        Event::CheckpointTaken { step: 860, epoch: 1, reason: CheckpointReason::Epoch, answers: None },
        Event::CheckpointSaved { step: 860, file: "step-00000860.safetensors".into(), removed: Vec::new() },
    ];
    events.into_iter().map(|event| Arc::new(Record { at_ms: 7_000, event })).collect()
}

/// A look at the part of the probe whose turn it is, of which each is as hard as it is.
fn probed(step: u64) -> Probed {
    let part = (step / 10 % 16) as u16;
    let waver = 0.9 + 0.2 * Noise(step).next();
    Probed { step, part, of: 16, root: (loss(step as f64).sqrt() * waver * (0.7 + 0.04 * f64::from(part))) as f32 }
}

fn loss(step: f64) -> f64 {
    1.9 * (-step / 45.0).exp() + 0.42 / (1.0 + step / 120.0).powf(0.85)
}

fn error(step: f64) -> f64 {
    0.78 * (-step / 40.0).exp() + 0.12 / (1.0 + step / 130.0).powf(0.9)
}

/// A digit drawn with a round pen: 28 × 28 bytes.
fn digit(digit: usize, slant: usize) -> Vec<u8> {
    const STROKES: [&[(f64, f64)]; 10] = [
        &[(10., 7.), (17., 6.), (20., 13.), (17., 21.), (11., 22.), (8., 15.), (10., 7.)],
        &[(11., 9.), (15., 6.), (14., 22.)],
        &[(9., 9.), (13., 6.), (18., 9.), (16., 14.), (9., 21.), (19., 21.)],
        &[(9., 7.), (17., 7.), (13., 13.), (18., 17.), (15., 22.), (9., 21.)],
        &[(10., 6.), (9., 14.), (19., 14.), (17., 6.), (17., 22.)],
        &[(18., 6.), (11., 6.), (10., 13.), (16., 13.), (18., 18.), (13., 22.), (9., 20.)],
        &[(16., 5.), (10., 13.), (10., 20.), (15., 22.), (18., 17.), (11., 15.)],
        &[(9., 7.), (19., 7.), (13., 22.)],
        &[(14., 13.), (10., 9.), (14., 6.), (18., 9.), (14., 13.), (9., 18.), (14., 22.), (18., 18.), (14., 13.)],
        &[(17., 11.), (12., 13.), (10., 8.), (15., 6.), (17., 11.), (15., 22.)],
    ];
    let lean = (slant % 5) as f64 * 0.08 - 0.16;
    let near = |x: f64, y: f64| {
        let pairs = STROKES[digit].windows(2);
        let distances = pairs.map(|pair| {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let (dx, dy) = (bx - ax, by - ay);
            let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            (x - ax - along * dx).hypot(y - ay - along * dy)
        });
        distances.fold(f64::INFINITY, f64::min)
    };
    let ink = |i: usize| {
        let (x, y) = ((i % 28) as f64, (i / 28) as f64);
        ((2.1 - near(x + lean * (y - 14.0), y)).clamp(0.0, 1.0) * 255.0) as u8
    };
    (0..28 * 28).map(ink).collect()
}
