//! A menu of named values: the one control that chooses among a few.

use bevy_egui::egui;

/// What a menu is called, and what it means.
pub struct Menu<'a> {
    /// Its name, apart from others on the same panel.
    pub id: egui::Id,
    /// The label that names it to people.
    pub label: egui::Id,
    /// What it means, in a sentence.
    pub hint: &'a str,
    /// Points it is wide.
    pub width: f32,
}

impl Menu<'_> {
    /// Draws it; the value chosen, if it is another than the present.
    pub fn show<'v, T>(
        &self,
        ui: &mut egui::Ui,
        present: &str,
        values: impl IntoIterator<Item = (&'v str, T)>,
    ) -> Option<T> {
        let mut chosen = None;
        let menu = egui::ComboBox::from_id_salt(self.id).selected_text(present).width(self.width);
        let response = menu.show_ui(ui, |ui| {
            for (name, value) in values {
                if ui.selectable_label(name == present, name).clicked() && name != present {
                    chosen = Some(value);
                }
            }
        });
        response.response.labelled_by(self.label).on_hover_text(self.hint);
        chosen
    }
}

/// A label and its menu; the value chosen, if it is another than the present.
pub fn choice<'v, T>(
    ui: &mut egui::Ui,
    name: &str,
    hint: &str,
    width: f32,
    present: &str,
    values: impl IntoIterator<Item = (&'v str, T)>,
) -> Option<T> {
    let label = ui.label(name).on_hover_text(hint).id;
    Menu { id: ui.id().with(name), label, hint, width }.show(ui, present, values)
}

/// The same on a line of its own.
pub fn choice_row<'v, T>(
    ui: &mut egui::Ui,
    name: &str,
    hint: &str,
    present: &str,
    values: impl IntoIterator<Item = (&'v str, T)>,
) -> Option<T> {
    ui.horizontal(|ui| choice(ui, name, hint, 120.0, present, values)).inner
}
