fn main() -> anyhow::Result<()> {
    let e = losscape::core::experiment::Experiment::new(losscape::core::experiment::builtin::load("xor-model3").unwrap().unwrap())?;
    let args: Vec<String> = std::env::args().collect();
    if args.len() > 1 {
        let r = losscape::record::PictureRequest{experiment: e, size: [1280,720], at_step: args.get(2).map(|s| s.parse().unwrap()), alpha3: args.get(3).map(|s| s.parse().unwrap()), shape: if args.len()>4 {losscape::core::script::command::Shape::Cube} else {Default::default()}};
        losscape::record::picture(&r)?.save(&args[1])?;
    } else {
    losscape::app::view(losscape::app::ViewRequest{experiment:e,is_fullscreen:false})?;
    }
    Ok(())
}
