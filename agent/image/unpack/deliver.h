/* Unpacks an archive from stdin into a folder of a container. */
#ifndef SKEP_UNPACK_DELIVER_H
#define SKEP_UNPACK_DELIVER_H

/* `path` must be a folder of the view. Without `keeps_owner` all is root's. */
void deliver_into(const char *path, int keeps_owner);

#endif
