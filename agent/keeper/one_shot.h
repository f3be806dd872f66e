/* One start or exec for a caller that keeps its containers itself. */
#ifndef SKEP_ONE_SHOT_H
#define SKEP_ONE_SHOT_H

#define ONE_SHOT_OPTION "--one-shot"
/* A stream socket: one request frame comes in, answers go out. */
#define ONE_SHOT_CHANNEL 3

/* The exit code: 0 once the program runs or waits at its gate, 1 when that failed and was answered, 2 without a request. */
int run_one_shot(void);

#endif
