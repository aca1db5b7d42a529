// A browser for WebKitWebDriver, of a window for each tab and nothing else. It runs in GJS. WebKitGTK's own MiniBrowser
// would do, but under automation it keeps everything in memory, whatever its options say; this one has a folder, so
// that it can be killed and started again with what it had stored.
//
//   gjs -m webkit-window.mjs FOLDER

import Gtk from 'gi://Gtk?version=3.0';
import WebKit from 'gi://WebKit2?version=4.1';
import { programArgs } from 'system';

const [folder] = programArgs;

Gtk.init(null);
const context = new WebKit.WebContext({
  website_data_manager: new WebKit.WebsiteDataManager({
    base_data_directory: `${folder}/data`,
    base_cache_directory: `${folder}/cache`,
  }),
});
// Else the page gets the machine's language, and one that was not set up has none that a page could use.
context.set_preferred_languages(['en-US']);
const settings = new WebKit.Settings({
  // The driver's console is ours to read.
  enable_write_console_messages_to_stdout: true,
  hardware_acceleration_policy: WebKit.HardwareAccelerationPolicy.NEVER,
});

// What nothing holds is collected, window or not.
const windows = new Set();

function openWindow() {
  const view = new WebKit.WebView({ web_context: context, settings, is_controlled_by_automation: true });
  const window = new Gtk.Window({ default_width: 1280, default_height: 800 });
  view.connect('close', () => {
    windows.delete(window);
    window.destroy();
  });
  window.add(view);
  window.show_all();
  windows.add(window);
  return view;
}

context.set_automation_allowed(true);
context.connect('automation-started', (_, session) => {
  const info = new WebKit.ApplicationInfo();
  info.set_name('WebKitGTK');
  info.set_version(WebKit.get_major_version(), WebKit.get_minor_version(), WebKit.get_micro_version());
  session.set_application_info(info);
  session.connect('create-web-view', openWindow);
});

Gtk.main();
