/** Jakarta Transactions, as the engine sees them. */
@NullMarked
package io.goose.transaction;

import org.jspecify.annotations.NullMarked;
