//! The agreement with the images of displays (`deploy/images`): what they read from their environment, whatever runs them.

use super::WorkloadOrder;

/// The X display's number.
pub const DISPLAY: &str = ":99";
/// Where the X socket is, in the display's container and in the app's.
pub const X_SOCKETS: &str = "/tmp/.X11-unix";
/// The folder into which the display writes the X cookie for the app.
pub const X_COOKIE_FOLDER: &str = "/run/sortie/x";
/// The folder from which the display reads [`PASSWORD`], [`VIEW_ONLY_PASSWORD`] and [`COOKIE`].
pub const SECRETS: &str = "/run/sortie/display";
/// The RFB password for full access.
pub const PASSWORD: &str = "password";
/// The RFB password with which the display ignores input.
pub const VIEW_ONLY_PASSWORD: &str = "view-only-password";
/// The X cookie, 128 bits in hex.
pub const COOKIE: &str = "cookie";
/// The home of the app's user.
pub const HOME: &str = "/home/user";

/// The variables for the display of an order.
#[must_use]
pub fn environment(order: &WorkloadOrder) -> Vec<(&'static str, String)> {
    let spec = &order.spec;
    let flag = |yes: bool| if yes { "1" } else { "0" }.to_owned();
    let mut variables = vec![
        ("DISPLAY", DISPLAY.to_owned()),
        ("SCREEN_RESOLUTION", format!("{}x{}x24", order.viewport.width(), order.viewport.height())),
        ("SORTIE_CLIPBOARD_IN", flag(spec.clipboard.into_app)),
        ("SORTIE_CLIPBOARD_OUT", flag(spec.clipboard.out_of_app)),
        ("SORTIE_CLIPBOARD_MAX", spec.clipboard.limit_in().to_string()),
        // A browser without one leaves its dialogs without focus.
        ("SORTIE_WINDOW_MANAGER", flag(spec.window_manager || spec.web_port.is_some())),
    ];
    variables.extend(spec.web_port.map(|port| ("BROWSER_URL", format!("http://localhost:{port}/"))));
    variables
}
