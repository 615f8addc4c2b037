"""Callbacks for Lightning, transformers and Keras: each is made by a function that imports its framework.

All copy the weights before the optimizer's step and record them with the loss that they gave.
"""

from .recorder import Recorder


def lightning(path, **options):
    """A callback for a Lightning Trainer: `Trainer(callbacks=[lightning("run.lsr")])`. Options are the Recorder's."""
    try:
        from lightning.pytorch import Callback
    except ModuleNotFoundError:
        from pytorch_lightning import Callback

    class LosscapeCallback(Callback):
        recorder, loss = None, None

        def on_train_start(self, trainer, module):
            self.recorder = Recorder(path, module, **options)

        def on_before_backward(self, trainer, module, loss):
            self.loss = loss.detach()

        def on_before_optimizer_step(self, trainer, module, optimizer):
            self.recorder.step(self.loss)

        def on_train_end(self, trainer, module):
            self.recorder.close()

    return LosscapeCallback()


def transformers(path, **options):
    """A callback for a Hugging Face Trainer. It hears of a loss where the Trainer logs it: `logging_steps=1` gives each."""
    from transformers import TrainerCallback

    class LosscapeCallback(TrainerCallback):
        recorder, is_open = None, False

        def on_train_begin(self, args, state, control, model=None, **_):
            self.recorder = Recorder(path, model, **options)

        def on_pre_optimizer_step(self, args, state, control, **_):
            self.finish(None)
            self.recorder.take()
            self.is_open = True

        def on_log(self, args, state, control, logs=None, **_):
            if "loss" in (logs or {}):
                self.finish(logs["loss"])

        def on_train_end(self, args, state, control, **_):
            self.finish(None)
            self.recorder.close()

        def finish(self, loss):
            if self.is_open:
                self.recorder.step(loss)
                self.is_open = False

    return LosscapeCallback()


def keras(path, **options):
    """A callback for Keras: `model.fit(..., callbacks=[keras("run.lsr")])`. Keras's losses are means over the epoch so far."""
    import keras

    class LosscapeCallback(keras.callbacks.Callback):
        recorder = None

        def on_train_begin(self, logs=None):
            self.recorder = Recorder(path, self.model, **options)
            self.recorder.note("losses are means over the epoch so far, as Keras reports them")

        def on_train_batch_begin(self, batch, logs=None):
            self.recorder.take()

        def on_train_batch_end(self, batch, logs=None):
            self.recorder.step((logs or {}).get("loss"))

        def on_train_end(self, logs=None):
            self.recorder.close()

    return LosscapeCallback()
