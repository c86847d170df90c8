/* The browser side of Marshrut. Each module looks after one thing and works on whatever the page holds. */
import htmx from "htmx.org";

import { startActions } from "./actions.js";
import { startBoard } from "./board.js";
import { startCalendar } from "./calendar.js";
import { startClocks } from "./clock.js";
import { startDialogs } from "./dialogs.js";
import { startDrops } from "./drop.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";
import { startPalette } from "./palette.js";
import { startConnectingKeys } from "./security.js";
import { startNotices } from "./notices.js";
import { startSettings } from "./settings.js";
import { startOrders } from "./order.js";

// Set by a tag in the page's head: no injected styles, no interception of Back. Nothing we write is evaluated as code.
htmx.config.morphIgnore = ["data-htmx-powered", "style", "aria-expanded", "aria-current", "data-kept"];

startActions();
startDialogs();
startForms();
startDrops();
startMenus();
startClocks();
startKeys();
startPalette();
startNotices();
startLists();
startLive();
startBoard();
startCalendar();
startOrders();
startConnectingKeys();
startSettings();
