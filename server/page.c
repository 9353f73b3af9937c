#include "server/page.h"

#include <stdatomic.h>
#include <string.h>

#include "server/assets.h"

static void write_head(struct pk_page *page, const char *title)
{
    struct pk_buf *out = page->out;
    const char *lang = pk_lang_tag(page->lang);
    pk_htmlf(out,
             "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
             lang);
    pk_htmlf(out,
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<title>%s – %s</title>\n",
             title, page->app->names[page->lang]);
    pk_htmlf(out, "<link rel=\"stylesheet\" href=\"/assets/style.css?v=%s\">\n",
             pk_asset_version("style.css"));
    pk_htmlf(out,
             "<link rel=\"stylesheet\" href=\"/assets/municipality.css\">\n"
             "<link rel=\"icon\" href=\"/assets/icon.svg?v=%s\">\n",
             pk_asset_version("icon.svg"));
    if (pk_asset_find("map.js") != NULL) {
        if (pk_asset_find("map.css") != NULL) {
            pk_htmlf(out, "<link rel=\"stylesheet\" href=\"/assets/map.css?v=%s\">\n",
                     pk_asset_version("map.css"));
        }
        pk_htmlf(out, "<script type=\"module\" src=\"/assets/map.js?v=%s\"></script>\n",
                 pk_asset_version("map.js"));
    }
    pk_buf_adds(out, "</head>\n");
}

/* The same page in the other language: all arguments but lang. */
static void write_language_link(struct pk_page *page)
{
    enum pk_lang other = page->lang == PK_SV ? PK_EN : PK_SV;
    const struct pk_request *request = page->request;
    struct pk_buf url;
    pk_buf_init(&url, PK_TARGET_MAX * 4);
    pk_buf_adds(&url, request->method == PK_POST ? "/" : request->path);
    pk_buf_addf(&url, "?lang=%s", pk_lang_tag(other));
    for (uint32_t i = 0; i < request->arg_count && request->method != PK_POST; i++) {
        const char *name = request->args[i].name; /* "live" is the script's own */
        if (strcmp(name, "lang") != 0 && strcmp(name, "live") != 0) {
            pk_buf_addc(&url, '&');
            pk_url_escape(&url, name, "");
            pk_buf_addc(&url, '=');
            pk_url_escape(&url, request->args[i].value, ",:");
        }
    }
    pk_htmlf(page->out, "<a class=\"language\" href=\"%s\" lang=\"%s\" hreflang=\"%s\">",
             url.failed ? "/" : url.data, pk_lang_tag(other), pk_lang_tag(other));
    pk_htmlf(page->out, "%s</a>\n", pk_msg_text(PK_MSG_PAGE_THIS_LANGUAGE, other));
    pk_buf_finish(&url);
}

void pk_page_begin(struct pk_page *page, struct pk_buf *out, const struct pk_app *app,
                   const struct pk_request *request, enum pk_lang lang, const char *title)
{
    *page = (struct pk_page){out, app, request, lang};
    write_head(page, title);
    pk_htmlf(out, "<body>\n<a class=\"skip\" href=\"#main\">%s</a>\n",
             pk_msg_text(PK_MSG_PAGE_SKIP, lang));
    pk_buf_adds(out, "<header>\n");
    if (atomic_load(&app->fictional)) {
        pk_htmlf(out, "<p class=\"notice\" role=\"note\">%s</p>\n",
                 pk_msg_text(PK_MSG_PAGE_FICTIONAL, lang));
    }
    pk_htmlf(out, "<div class=\"top\">\n<a class=\"home\" href=\"/?lang=%s\">",
             pk_lang_tag(lang));
    if (app->logo != NULL) {
        pk_buf_adds(out, "<img src=\"/assets/logo\" alt=\"\" height=\"40\"> ");
    }
    pk_htmlf(out, "%s</a>\n", app->names[lang]);
    write_language_link(page);
    pk_buf_adds(out, "</div>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

void pk_page_contact(struct pk_page *page)
{
    const struct pk_municipality *m = &page->app->municipality;
    if (m->contact_name == NULL && m->contact_email == NULL && m->contact_phone == NULL &&
        m->contact_url == NULL) {
        return;
    }
    struct pk_buf *out = page->out;
    pk_htmlf(out, "<p>%s: ", pk_msg_text(PK_MSG_PAGE_CONTACT, page->lang));
    if (m->contact_url != NULL) {
        pk_htmlf(out, "<a href=\"%s\">%s</a> ", m->contact_url,
                 m->contact_name != NULL ? m->contact_name : m->contact_url);
    } else if (m->contact_name != NULL) {
        pk_htmlf(out, "%s ", m->contact_name);
    }
    if (m->contact_email != NULL) {
        pk_htmlf(out, "<a href=\"mailto:%s\">%s</a> ", m->contact_email,
                 m->contact_email);
    }
    if (m->contact_phone != NULL) {
        pk_htmlf(out, "<a href=\"tel:%s\">%s</a>", m->contact_phone, m->contact_phone);
    }
    pk_buf_adds(out, "</p>\n");
}

void pk_page_end(struct pk_page *page)
{
    struct pk_buf *out = page->out;
    const char *lang = pk_lang_tag(page->lang);
    pk_buf_adds(out, "</main>\n<footer class=\"foot\">\n");
    pk_page_contact(page);
    pk_htmlf(out, "<p>%s</p>\n<nav aria-label=\"%s\"><ul>\n",
             pk_msg_text(PK_MSG_LEGAL_TEXT, page->lang),
             pk_msg_text(PK_MSG_PAGE_FOOT_NAV, page->lang));
    pk_htmlf(out, "<li><a href=\"/?lang=%s\">%s</a></li>\n", lang,
             pk_msg_text(PK_MSG_PAGE_TO_START, page->lang));
    pk_htmlf(out, "<li><a href=\"/hjalp?lang=%s\">%s</a></li>\n", lang,
             pk_msg_text(PK_MSG_PAGE_HELP, page->lang));
    pk_htmlf(out, "<li><a href=\"/tillganglighet?lang=%s\">%s</a></li>\n", lang,
             pk_msg_text(PK_MSG_PAGE_ACCESSIBILITY, page->lang));
    for (uint32_t i = 0; i < page->app->municipality.next_count; i++) {
        pk_htmlf(out, "<li><a href=\"%s\">%s</a></li>\n",
                 page->app->municipality.next_urls[i],
                 page->app->municipality.next_texts[i]);
    }
    pk_buf_adds(out, "</ul></nav>\n</footer>\n</body>\n</html>\n");
}

void pk_page_search_form(struct pk_page *page, const char *value)
{
    enum pk_lang lang = page->lang;
    pk_htmlf(page->out,
             "<form class=\"search\" role=\"search\" action=\"/\" method=\"get\">\n"
             "<label for=\"q\">%s</label>\n",
             pk_msg_text(PK_MSG_SEARCH_LABEL, lang));
    pk_htmlf(page->out,
             "<div class=\"combo\"><input id=\"q\" name=\"q\" type=\"search\" "
             "maxlength=\"200\" value=\"%s\" "
             "autocomplete=\"off\" aria-describedby=\"q-hint\"></div>\n",
             value);
    pk_htmlf(page->out,
             "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n"
             "<button type=\"submit\">%s</button>\n",
             pk_lang_tag(lang), pk_msg_text(PK_MSG_SEARCH_BUTTON, lang));
    pk_htmlf(page->out, "<p id=\"q-hint\" class=\"hint\">%s</p>\n</form>\n",
             pk_msg_text(PK_MSG_SEARCH_HINT, lang));
}

void pk_page_respond(struct pk_response *response, struct pk_buf *out)
{
    pk_response_take(response, out, "text/html; charset=utf-8");
    response->vary_language = true;
    response->vary_accept = true;
}
