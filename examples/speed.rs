use mnist_tui::{data, nn::*, protocol::*};
fn main() {
    let threads: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(2);
    let batch: usize = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(128);
    let epochs: usize = std::env::args().nth(3).and_then(|a| a.parse().ok()).unwrap_or(1);
    let t = std::time::Instant::now();
    let d = data::mnist::load().unwrap();
    println!("load {:?}", t.elapsed());
    let relu = Activation::Relu;
    let conv = |filters| LayerSpec::Conv { filters, kernel: 3, activation: relu };
    let specs = [
        conv(32),
        LayerSpec::MaxPool { size: 2 },
        conv(64),
        LayerSpec::MaxPool { size: 2 },
        conv(64),
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 64, activation: relu },
        LayerSpec::Dense { units: 10, activation: Activation::None },
    ];
    let net = Network::new(&specs, [28, 28, 1], 10, 7).unwrap();
    println!("{:?}", net.layers());
    let mut l = Learner::new(net, Optimizer::Adam, threads).unwrap();
    let h = Hyperparameters { learning_rate: 1e-3, batch_size: batch, weight_decay: 0.0, epochs: 1 };
    let all: Vec<u32> = (0..60000).collect();
    for e in 1..=epochs {
        let order = data::epoch_order(&all, 7, e);
        let mut c = ConfusionMatrix::new(10);
        let t = std::time::Instant::now();
        let mut s = 0.0;
        for (i, b) in order.chunks(batch).enumerate() {
            let o = l.step(&d.train, b, &h, &mut c);
            if i < 5 && e == 1 {
                println!("{o:?}");
            }
            s += o.loss;
        }
        let secs = t.elapsed().as_secs_f64();
        println!("epoch {e} {:.0} img/s train acc {} loss {}", 60000.0 / secs, c.accuracy(), s);
        let t = std::time::Instant::now();
        let ev = l.evaluate(&d.test, &(0..10000).collect::<Vec<_>>());
        println!("test {} {} in {:?} sha {}", ev.loss, ev.confusion.accuracy(), t.elapsed(), l.network().sha256());
    }
}
