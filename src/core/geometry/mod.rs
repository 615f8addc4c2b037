pub mod colormap;
