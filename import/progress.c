#include "import/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PK_BAR_WIDTH = 30 };

void pk_progress_init(struct pk_progress *p)
{
    *p = (struct pk_progress){.bar = isatty(STDERR_FILENO) == 1, .what = "", .shown = -1};
}

void pk_progress_step(struct pk_progress *p, const char *what, double from, double share)
{
    p->what = what;
    p->from = from;
    p->share = share;
    p->shown = -1;
    if (p->bar) {
        pk_progress_show(p, 0);
    } else {
        fprintf(stderr, "%3d %% %s\n", (int)(from * 100), what);
    }
}

void pk_progress_show(void *context, double done)
{
    struct pk_progress *p = context;
    double whole = p->from + p->share * (done < 0 ? 0 : done > 1 ? 1 : done);
    int permille = (int)(whole * 1000);
    char bar[PK_BAR_WIDTH + 1];

    if (!p->bar || permille == p->shown) {
        return;
    }
    p->shown = permille;
    memset(bar, '.', PK_BAR_WIDTH);
    memset(bar, '#', (size_t)(whole * PK_BAR_WIDTH));
    bar[PK_BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K[%s] %3d %% %.60s", bar, permille / 10, p->what);
}

void pk_progress_end(struct pk_progress *p)
{
    if (p->bar) {
        fputs("\r\033[K", stderr);
    }
}
