/*
 * skep-unpack DIR: reads one uncompressed layer tar from stdin and lays it out in DIR, ready as an overlayfs layer.
 * stdout on success: {"entries":N,"contentBytes":N,"opaqueRoot":bool}. Otherwise one line on stderr and exit code
 * 1 (the archive is at fault), 2 (usage) or 3 (the machine is); DIR is then incomplete and of no use.
 *
 * skep-unpack --copy OPTIONS LAYERS MOUNTPOINT SOURCE DIR: copies the folder SOURCE of an image into DIR, see copy.h.
 * stdout on success: {"entries":N}. The looks into containers are described in look.h.
 */
#include <stdio.h>
#include <string.h>

#include "copy.h"
#include "input.h"
#include "look.h"
#include "place.h"
#include "refuse.h"
#include "tar.h"

#define COPY_ARGUMENTS 7

static int copy(char **arguments) {
  struct copy_request request = {
      .overlay_options = arguments[2],
      .layers_folder = arguments[3],
      .mount_point = arguments[4],
      .source = arguments[5],
      .destination = arguments[6],
  };
  printf("{\"entries\":%llu}\n", (unsigned long long)copy_folder_of_image(&request));
  return fflush(stdout) == 0 ? 0 : EXIT_MACHINE;
}

int main(int argument_count, char **arguments) {
  static struct entry entry;
  if (argument_count == COPY_ARGUMENTS && strcmp(arguments[1], "--copy") == 0) return copy(arguments);
  if (look(argument_count, arguments)) return 0;
  if (argument_count != 2) {
    fputs("usage: skep-unpack DIR < layer.tar\n", stderr);
    return EXIT_USAGE;
  }
  place_open(arguments[1]);
  input_open();
  uint64_t entries = 0;
  while (tar_next(&entry)) {
    if (++entries > MAX_ENTRIES) refuse("the layer has more than %llu entries", MAX_ENTRIES);
    place_entry(&entry);
  }
  input_drain();
  refuse_entry(NULL);
  place_close();
  printf("{\"entries\":%llu,\"contentBytes\":%llu,\"opaqueRoot\":%s}\n", (unsigned long long)entries,
         (unsigned long long)place_content_bytes(), place_is_opaque_root() ? "true" : "false");
  return fflush(stdout) == 0 ? 0 : EXIT_MACHINE;
}
