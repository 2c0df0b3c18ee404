/** What the author of a broker or an argument codec implements. The engine calls it; it knows nothing of the engine. */
@NullMarked
package io.goose.spi;

import org.jspecify.annotations.NullMarked;
