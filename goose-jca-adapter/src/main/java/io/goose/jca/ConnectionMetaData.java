package io.goose.jca;

import jakarta.resource.spi.ManagedConnectionMetaData;

/**
 * What a connection says of itself, to the container and to the application.
 *
 * @param broker what it is connected to
 * @param login who is logged in
 */
record ConnectionMetaData(String broker, String login)
        implements ManagedConnectionMetaData, jakarta.resource.cci.ConnectionMetaData {

    @Override
    public String getEISProductName() {
        return broker;
    }

    @Override
    public String getEISProductVersion() {
        return "";
    }

    @Override
    public int getMaxConnections() {
        return 0; // as many as the pool has
    }

    @Override
    public String getUserName() {
        return login;
    }
}
