/* progress.h - how far long work is: a bar on a terminal, plain lines otherwise. */
#ifndef PK_IMPORT_PROGRESS_H
#define PK_IMPORT_PROGRESS_H

#include <stdbool.h>

struct pk_progress {
    bool bar;           /* standard error is a terminal */
    const char *what;   /* what is being done now */
    double from, share; /* where this step stands in the whole, 0..1 */
    int shown;          /* permille shown last, -1 = none */
};

void pk_progress_init(struct pk_progress *p);
/* The next step, and its place in the whole. */
void pk_progress_step(struct pk_progress *p, const char *what, double from, double share);
/* `context` is the struct; 0..1 of the step. */
void pk_progress_show(void *context, double done);
/* Take the bar away. */
void pk_progress_end(struct pk_progress *p);

#endif
