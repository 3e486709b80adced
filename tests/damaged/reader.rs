//! What the program makes of bytes that come from elsewhere, through the functions that it uses itself. The targets in
//! `fuzz/` include this file, so that they and the tests look at the same.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use mnist_tui::config::{Config, Sources};
use mnist_tui::data::idx::Idx;
use mnist_tui::data::picture::{Picture, resized};
use mnist_tui::data::{Dataset, ImageSet, Sheet, digit};
use mnist_tui::export::{ExportedRun, Format, render};
use mnist_tui::protocol::{
    Activation, CheckpointReason, ClientLine, Code, Command, DataSpec, Event, Fit, Holdout, LayerSpec, Outcome, Reason, Record,
    Request, RequestId, RunSpec, RunStarted, ServerLine,
};
use mnist_tui::run::RunState;
use mnist_tui::run::store::{About, Catalog, Plan, RunFolder, SortKey, facts, tree};
use mnist_tui::train::{Checkpoint, Job, JobError, JobOptions, Port, spawn};

/// Folders with small runs in them, and a few images.
pub struct Reader {
    root: PathBuf,
    dataset: Dataset,
}

/// Reads bytes of one kind.
pub type Read = fn(&Reader, &[u8]);

/// Everything that is read, by the names of the fuzz targets.
pub const KINDS: [(&str, Read); 8] = [
    ("events", Reader::events),
    ("run_json", Reader::run_json),
    ("checkpoint", Reader::checkpoint),
    ("idx", Reader::idx),
    ("picture", Reader::picture),
    ("folder", Reader::folder_of_pictures),
    ("wire", Reader::wire),
    ("config", Reader::config),
];

impl Reader {
    /// Makes the folders below `root`.
    pub fn new(root: PathBuf) -> Self {
        let set = |images: usize| {
            let pixels = (0..images * 28 * 28).map(|i| (i * 7919 % 251) as u8).collect();
            ImageSet::new([28, 28, 1], pixels, (0..images).map(|i| (i % 10) as u16).collect(), 10).expect("fitting lengths")
        };
        let class_names = ('0'..='9').map(String::from).collect();
        let reader = Self { root, dataset: Dataset::new(set(24), set(10), class_names) };
        let checkpoint = reader.sample("checkpoint");
        for name in ["events", "run_json", "checkpoint"] {
            let folder = reader.folder(name);
            fs::create_dir_all(folder.path().join("checkpoints")).expect("a folder");
            fs::write(folder.path().join("events.jsonl"), reader.sample("events")).expect("written");
            fs::write(reader.newest_checkpoint(name), &checkpoint).expect("written");
            folder.set_about(&About::new(reader.started())).expect("written");
        }
        reader
    }

    /// A whole file or line of this kind.
    pub fn sample(&self, kind: &str) -> Vec<u8> {
        let (step, epoch, reason) = (1, 1, CheckpointReason::Epoch);
        let events = [Event::RunStarted(Box::new(self.started())), Event::CheckpointTaken { step, epoch, reason, answers: None }];
        let mut lines = events.map(|event| serde_json::to_vec(&Record { at_ms: 0, event }).expect("JSON"));
        match kind {
            "events" => lines.map(|line| [&line[..], b"\n"].concat()).concat(),
            "run_json" => serde_json::to_vec(&About::new(self.started())).expect("JSON"),
            "checkpoint" => {
                let kept = self.train(self.started().spec, None).expect("a job");
                kept.last().expect("one at the end").to_bytes().expect("a file")
            }
            "idx" => [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[7; 12]].concat(),
            "picture" | "folder" => [&b"P6 3 2 255\n"[..], &[9; 18]].concat(),
            "wire" => std::mem::take(&mut lines[0]),
            _ => mnist_tui::config::EXAMPLE.into(),
        }
    }

    /// A run of a network with fifty parameters.
    pub fn started(&self) -> RunStarted {
        let mut spec = Config::default().run_spec(10).expect("the default recipe");
        spec.layers = vec![
            LayerSpec::AveragePool { size: 14 },
            LayerSpec::Flatten,
            LayerSpec::Dense { units: 10, activation: Activation::None },
        ];
        spec.data = DataSpec { source: "mnist".into(), validation: Holdout::Count(4), ..DataSpec::default() };
        let options = JobOptions { name: "small".into(), threads: 1, ..JobOptions::default() };
        let job = Job::prepare(spec, self.dataset.clone(), options).expect("a job");
        RunStarted { run_id: "small".into(), started_at_ms: 0, ..job.started().clone() }
    }

    /// A log: its state, its figures, and what is exported.
    pub fn events(&self, bytes: &[u8]) {
        let folder = self.folder("events");
        fs::write(folder.path().join("events.jsonl"), bytes).expect("written");
        look_at(&folder);
    }

    /// What a run is; it starts again when it was killed before its first checkpoint.
    pub fn run_json(&self, bytes: &[u8]) {
        let folder = self.folder("run_json");
        fs::write(folder.path().join("run.json"), bytes).expect("written");
        look_at(&folder);
        let catalog = Catalog::new(folder.path().parent().unwrap_or(folder.path()));
        let Ok(runs) = catalog.list() else { return };
        let Some(run) = runs.first() else { return };
        let _ = (catalog.find("last"), catalog.find(run.about.name()), tree(&runs), run.matches("status=running"));
        let _ = SortKey::ALL.map(|key| key.compare(run, run));
        let _ = folder.state().map(|state| facts(run, &state, &folder.checkpoint_files(&state).unwrap_or_default()));
        let _ = self.train(run.about.started.spec.clone(), None);
    }

    /// A checkpoint: the run of the folder goes on from it, the run that it says it is does, another starts with its
    /// parameters, and these are exported.
    pub fn checkpoint(&self, bytes: &[u8]) {
        let folder = self.folder("checkpoint");
        let path = self.newest_checkpoint("checkpoint");
        fs::write(&path, bytes).expect("written");
        let spec = self.started().spec;
        let check = |bytes: &[u8]| Checkpoint::check(bytes).map_err(|error| error.to_string());
        if let Ok(bytes) = Plan::resume(&folder, 1, check).map(|mut plan| plan.take_checkpoint()) {
            // It may be whole, and that of another run.
            let _ = self.train(spec.clone(), bytes);
        }
        if let Ok(started) = Checkpoint::read_started(bytes) {
            let _ = self.train(started.spec, Some(bytes.to_vec()));
        }
        let _ = self.train(RunSpec { init_from: Some(path.display().to_string()), ..spec }, None);
        look_at(&folder);
    }

    /// A picture, up to the pixels of an image, as a photographed digit, and as a sheet of them.
    pub fn picture(&self, bytes: &[u8]) {
        let Ok(picture) = Picture::decode(bytes) else { return };
        for fit in Fit::ALL {
            assert_eq!(resized(&picture, [5, 7], fit).len(), 5 * 7 * 3);
        }
        if let Some(image) = digit(&picture, [28, 28, 1]) {
            assert_eq!(image.len(), 28 * 28);
        }
        let _ = Sheet::new(picture).ink([31, 17]);
    }

    /// A picture among others, in a folder with two classes.
    pub fn folder_of_pictures(&self, bytes: &[u8]) {
        let root = self.root.join("pictures");
        let whole = self.sample("picture");
        let files = [("a/1.ppm", &whole[..]), ("a/2.ppm", &whole), ("b/1.ppm", &whole), ("b/2.png", bytes), ("b/3.ppm", &whole)];
        for (name, content) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a class")).expect("a folder");
            fs::write(path, content).expect("written");
        }
        for fit in Fit::ALL {
            let mut spec = DataSpec { source: root.display().to_string(), ..DataSpec::default() };
            spec.pictures.fit = fit;
            let data = Dataset::load(&spec, 0).expect("one broken picture is left out");
            assert!(data.train.len() + data.test.len() >= 4);
        }
    }

    /// Images or labels, alone and among the four files of a folder.
    pub fn idx(&self, bytes: &[u8]) {
        let folder = self.root.join("images");
        fs::create_dir_all(&folder).expect("a folder");
        let (images, labels) = (self.sample("idx"), [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        for broken in 0..4 {
            let names =
                ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
            for (index, name) in names.into_iter().enumerate() {
                let whole = if index % 2 == 0 { &images[..] } else { &labels };
                fs::write(folder.join(name), if index == broken { bytes } else { whole }).expect("written");
            }
            let spec = DataSpec { source: folder.display().to_string(), ..DataSpec::default() };
            let _ = Dataset::load(&spec, 0).map(|data| data.content());
        }
        let Ok(idx) = Idx::parse(bytes.to_vec()) else { return };
        let _ = idx.clone().into_labels();
        if let Ok(([height, width], pixels)) = idx.clone().into_images() {
            let labels = vec![0; idx.dimensions[0].min(pixels.len())];
            let _ = ImageSet::new([height, width, 1], pixels, labels, 10);
        }
    }

    /// A line on the socket, of either side.
    pub fn wire(&self, bytes: &[u8]) {
        let _ = ClientLine::decode(bytes);
        if let Ok(ServerLine::Record(record)) = ServerLine::decode(bytes) {
            let mut state = RunState::default();
            state.apply(&record);
            let _ = state.summary();
        }
    }

    /// A configuration, up to the first step of a run.
    pub fn config(&self, bytes: &[u8]) {
        let path = self.root.join("config.toml");
        fs::write(&path, bytes).expect("written");
        let Ok(settings) = (Sources { file: Some(path), ..Sources::default() }).settings() else { return };
        let Ok(mut spec) = settings.config().run_spec(10) else { return };
        spec.data = self.started().spec.data;
        let _ = self.train(spec, None);
    }

    /// A run of this recipe, which goes on from a checkpoint or starts, makes a step and is stopped. Gives its checkpoints.
    pub fn train(&self, spec: RunSpec, resume: Option<Vec<u8>>) -> Result<Vec<Checkpoint>, JobError> {
        let job = Job::prepare(spec, self.dataset.clone(), JobOptions { threads: 1, resume, ..JobOptions::default() })?;
        if job.started().layers.iter().map(|layer| layer.parameters).sum::<usize>() > 1_000_000 {
            // A step of it would be slow, and as large as it has to be.
            return Ok(Vec::new());
        }
        let port = OneStep::default();
        spawn(job, port.clone()).expect("a thread").join().expect("panics are events");
        let told = std::mem::take(&mut *port.told.lock().expect("nobody panicked"));
        assert!(told.panic.is_none(), "{told:?}");
        Ok(told.checkpoints)
    }

    /// A folder in which the run of this kind is alone.
    fn folder(&self, kind: &str) -> RunFolder {
        RunFolder::new(self.root.join(kind).join("small"))
    }

    fn newest_checkpoint(&self, kind: &str) -> PathBuf {
        self.folder(kind).path().join("checkpoints").join("step-00000001.safetensors")
    }
}

/// Everything that is shown and exported of a run.
pub fn look_at(folder: &RunFolder) {
    let _ = Catalog::new(folder.path().parent().unwrap_or(folder.path())).list();
    for format in Format::ALL.into_iter().filter(|format| format.needs_network()) {
        let _ = ExportedRun::load(folder, format).map(|run| render(format, &[run]));
    }
    let Ok(state) = folder.state() else { return };
    let _ = (state.summary(), state.progress(), state.steps_planned(), state.seconds_left());
    let runs = [ExportedRun { state, ..ExportedRun::default() }];
    for format in Format::ALL.into_iter().filter(|format| !format.needs_network()) {
        let _ = render(format, &runs);
    }
}

/// A port that stops the run after a step.
#[derive(Clone, Default)]
struct OneStep {
    polled: bool,
    told: Arc<Mutex<Told>>,
}

#[derive(Debug, Default)]
struct Told {
    checkpoints: Vec<Checkpoint>,
    /// What the training thread panicked with.
    panic: Option<String>,
}

impl Port for OneStep {
    fn poll(&mut self, _: u64) -> Option<Request> {
        let stop = Request { id: RequestId { client: 0, number: 1 }, command: Command::Stop };
        std::mem::replace(&mut self.polled, true).then_some(stop)
    }

    fn wait(&mut self) -> Option<Request> {
        None
    }

    fn emit(&mut self, event: Event) {
        // Numbers that are not finite end a run that nobody watches, and are no panic.
        if let Event::RunEnded { outcome: Outcome::Failed { message }, .. } = event
            && !matches!(message, Reason::Known(Code::NotFinite { .. }))
        {
            self.told.lock().expect("nobody panicked").panic = Some(message.to_string());
        }
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.told.lock().expect("nobody panicked").checkpoints.push(checkpoint);
    }

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        Err(format!("nothing is kept of step {step}"))
    }
}
