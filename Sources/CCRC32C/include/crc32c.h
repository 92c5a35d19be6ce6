#ifndef LANGSO_CRC32C_H
#define LANGSO_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// CRC-32C by the processor's own instruction, which Swift has no name for.

/// Whether this processor has the instruction. If not, nothing else here may be called.
bool langso_crc32c_has_instruction(void);

/// Adds bytes to a checksum's state, which is the checksum with all bits turned around.
uint32_t langso_crc32c_add(uint32_t state, const void *bytes, size_t count);

#endif
