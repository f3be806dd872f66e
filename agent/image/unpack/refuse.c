#include "refuse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_NAME_BYTES 200

static const char *current_entry;

void refuse_entry(const char *name) { current_entry = name; }

/* A name comes from the archive: control characters must not reach a terminal or start a second line. */
static void show_entry(void) {
  if (current_entry == NULL) return;
  fputs("entry \"", stderr);
  for (size_t i = 0; current_entry[i] != '\0'; i++) {
    unsigned char byte = (unsigned char)current_entry[i];
    if (i >= SHOWN_NAME_BYTES) {
      fputs("...", stderr);
      break;
    }
    if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\') {
      fprintf(stderr, "\\x%02x", byte);
    } else {
      fputc(byte, stderr);
    }
  }
  fputs("\": ", stderr);
}

_Noreturn void refuse(const char *format, ...) {
  show_entry();
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(EXIT_BAD_ARCHIVE);
}

_Noreturn void decline(int exit_code, const char *format, ...) {
  show_entry();
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(exit_code);
}

_Noreturn void break_down(const char *attempt) {
  int number = errno;
  show_entry();
  fprintf(stderr, "cannot %s: %s\n", attempt, strerror(number));
  exit(EXIT_MACHINE);
}
