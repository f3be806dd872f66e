/* What one layer may ask for. Everything that an archive's author chooses is bounded here. */
#ifndef SKEP_UNPACK_LIMITS_H
#define SKEP_UNPACK_LIMITS_H

#define BLOCK_BYTES 512
/* The largest public images have about 300 000 files in a layer. */
#define MAX_ENTRIES 2000000ULL
#define MAX_LAYER_BYTES (64ULL << 30)
/* Well below PATH_MAX, so that a file can be reached and removed by its path in the store's folder too. */
#define MAX_PATH_BYTES 3000
#define MAX_COMPONENT_BYTES 255
#define MAX_DEPTH 128
/* A symbolic link's target is only text; the kernel takes at most PATH_MAX - 1. */
#define MAX_LINK_TEXT_BYTES 4095
/* One PAX header or GNU long name. */
#define MAX_EXTENSION_BYTES (1U << 20)
#define MAX_EXTENSIONS_PER_ENTRY 16
#define MAX_XATTRS_PER_ENTRY 64
#define MAX_XATTR_NAME_BYTES 255
#define MAX_XATTR_VALUE_BYTES 65536
/* Folders whose modification times are set at the very end: the text of their names together. */
#define MAX_REMEMBERED_BYTES (128U << 20)

#endif
