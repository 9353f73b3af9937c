/* Routes of those who look after the map. The column `may` decides before a body is read
 * (auth.h); tests/http/staff_test.py asks every row as every role.
 *
 * Add one: a handler (staff_X.c) and a row here. */
#include "server/staff_work.h"

#define GET      (1u << PK_GET)
#define POST     (1u << PK_POST)
#define GET_POST (GET | POST)

/* Pages and forms: drawn by a handler of the staff's own threads. */
#define STAFF(pattern, methods, args, handler, may, summary)                             \
    {                                                                                    \
        pattern, methods, args, NULL, handler, false, NULL, summary, may, PK_LANE_STAFF  \
    }
/* The ways in: slow, and open to everybody. */
#define ENTRY(pattern, methods, args, handler, may, summary)                             \
    {                                                                                    \
        pattern, methods, args, NULL, handler, false, NULL, summary, may, PK_LANE_ENTRY  \
    }

const struct pk_route pk_staff_routes[] = {
    STAFF("/admin", GET, "*", pk_staff_start, PK_ROLE_VIEWER, "Start page of the staff"),
    ENTRY("/admin/sign-in", GET_POST, "next *", pk_staff_sign_in, PK_ROLE_NONE,
          "Sign in with name and password"),
    ENTRY("/admin/sign-in/provider", GET, "*", pk_staff_provider, PK_ROLE_NONE,
          "Sign in by the outside identity provider"),
    ENTRY("/admin/sign-in/back", GET, "code state *", pk_staff_back, PK_ROLE_NONE,
          "Where the identity provider sends people back to"),
    STAFF("/admin/account", GET, "*", pk_staff_account, PK_ROLE_VIEWER,
          "One's own password and sessions"),
    ENTRY("/admin/account", POST, "", pk_staff_password, PK_ROLE_VIEWER,
          "Change one's own password"),
    STAFF("/admin/account/end", POST, "", pk_staff_session_end, PK_ROLE_VIEWER,
          "End one of one's own sessions"),
    STAFF("/admin/users", GET, "*", pk_staff_users, PK_ROLE_ADMINISTRATOR,
          "Who may sign in"),
    ENTRY("/admin/users", POST, "", pk_staff_user_add, PK_ROLE_ADMINISTRATOR,
          "Add a user"),
    STAFF("/admin/users/change", POST, "", pk_staff_user_change, PK_ROLE_ADMINISTRATOR,
          "Another role, or nobody any more"),
    STAFF("/admin/log", GET, "who action text before *", pk_staff_log,
          PK_ROLE_ADMINISTRATOR, "Who did what, when and from where"),
    STAFF("/admin/deliver", POST, "form_token *", pk_staff_deliver, PK_ROLE_PLANNER,
          "Deliver files: a form with files, read into a draft"),
    STAFF("/admin/deliveries", GET, "*", pk_staff_deliveries, PK_ROLE_VIEWER,
          "Deliveries and drafts, and the form to deliver"),
    STAFF("/admin/delivery/{id}", GET, "f *", pk_staff_delivery, PK_ROLE_VIEWER,
          "How far a delivery has come"),
    STAFF("/admin/draft/{draft}", GET, "*", pk_staff_draft, PK_ROLE_VIEWER,
          "What a draft changes, what is wrong with it, what it touches"),
    STAFF("/admin/draft/{draft}/replace", POST, "", pk_staff_replace, PK_ROLE_PLANNER,
          "Decide about an older plan that a draft touches"),
    STAFF("/admin/draft/{draft}/discard", POST, "", pk_staff_discard, PK_ROLE_PLANNER,
          "Discard a draft"),
    STAFF("/admin/draft/{draft}/publish", GET_POST, "*", pk_staff_publish,
          PK_ROLE_PUBLISHER, "Publish a draft"),
    STAFF("/admin/history", GET, "*", pk_staff_history, PK_ROLE_VIEWER, "Every version"),
    STAFF("/admin/history/{version}/changes", GET, "since *", pk_staff_changes,
          PK_ROLE_VIEWER, "What a version changed"),
    STAFF("/admin/history/{version}/restore", GET_POST, "*", pk_staff_restore,
          PK_ROLE_PUBLISHER, "The content of an earlier version again"),
    STAFF("/admin/sign-out", POST, "", pk_staff_sign_out, PK_ROLE_VIEWER, "Sign out"),
    {NULL, 0, NULL, NULL, NULL, false, NULL, NULL, PK_ROLE_NONE, PK_LANE_MAP},
};
