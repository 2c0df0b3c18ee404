/** A broker of any transport and any ledger. */
@NullMarked
package io.goose.broker.composed;

import org.jspecify.annotations.NullMarked;
