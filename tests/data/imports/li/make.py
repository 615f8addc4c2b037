# Small files of the layout that tomgoldstein/loss-landscape writes (plot_surface.py, projection.py).
import h5py, numpy as np
base = "weights_xnorm=filter.h5"
x, y = np.linspace(-1, 1, 5), np.linspace(-0.5, 1.0, 4)
with h5py.File(f"{base}_[-1,1,5]x[-0.5,1,4].h5", "w") as f:
    f["dir_file"] = base
    f["xcoordinates"], f["ycoordinates"] = x, y
    mesh_x, mesh_y = np.meshgrid(x, y)
    losses = -np.ones((len(x), len(y)))
    losses.ravel()[:] = (mesh_x**2 + 10 * mesh_y**2 + 0.25 * mesh_x).ravel() + 0.5
    losses.ravel()[7] = -1.0
    f["train_loss"] = losses
    f["train_acc"] = np.full((len(x), len(y)), 50.0)
with h5py.File(f"{base}_proj_cos.h5", "w") as f:
    f["proj_xcoord"] = np.array([0.9, 0.4, 0.0])
    f["proj_ycoord"] = np.array([0.8, 0.25, 0.0])
