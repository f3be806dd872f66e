/* The reaper that is PID 1 of a container which asks for one. */
#ifndef SKEP_INIT_H
#define SKEP_INIT_H

#include <stdnoreturn.h>

#define INIT_NAME "skep-init"

/* argv: skep-init, the program's path, and the program's own argv. Ends as the program ends. */
noreturn void run_init(char **argv, char **env);

#endif
