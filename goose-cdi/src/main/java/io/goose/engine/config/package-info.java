/** From configuration keys to settings. Finds every mistake and reports all of them; knows no configuration API. */
@NullMarked
package io.goose.engine.config;

import org.jspecify.annotations.NullMarked;
