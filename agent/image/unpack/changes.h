/* Says on stdout what a container's upper folder changes in the layers below it. */
#ifndef SKEP_UNPACK_CHANGES_H
#define SKEP_UNPACK_CHANGES_H

/*
 * Each change is a letter, the path from the root, and a zero byte: A added, E an empty file added, F a folder added,
 * C changed, M a folder with another mode or owner, T a folder of which only the time differs, D deleted. `upper` is
 * that folder and `lower` the root of the layers, both opened.
 */
void list_changes(int upper, int lower);

#endif
