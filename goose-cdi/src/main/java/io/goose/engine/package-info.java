/** The engine as a whole: brokers, clients and workers, started and stopped together. No promise of compatibility. */
@NullMarked
package io.goose.engine;

import org.jspecify.annotations.NullMarked;
