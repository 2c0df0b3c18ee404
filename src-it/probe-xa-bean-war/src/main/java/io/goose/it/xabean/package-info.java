/** An application whose jobs a message-driven bean runs in transactions. */
@NullMarked
package io.goose.it.xabean;

import org.jspecify.annotations.NullMarked;
