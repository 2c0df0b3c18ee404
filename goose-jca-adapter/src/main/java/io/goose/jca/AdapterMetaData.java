package io.goose.jca;

import jakarta.resource.cci.ResourceAdapterMetaData;

/** What the adapter says of itself. */
record AdapterMetaData() implements ResourceAdapterMetaData {

    /** The version of the adapter's archive; "dev" where it is run without one. */
    static String version() {
        String version = AdapterMetaData.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String getAdapterVersion() {
        return version();
    }

    @Override
    public String getAdapterVendorName() {
        return "Goose";
    }

    @Override
    public String getAdapterName() {
        return "Goose";
    }

    @Override
    public String getAdapterShortDescription() {
        return "Background jobs on Redis and RabbitMQ";
    }

    @Override
    public String getSpecVersion() {
        return "2.1";
    }

    @Override
    public String[] getInteractionSpecsSupported() {
        return new String[0];
    }

    @Override
    public boolean supportsExecuteWithInputAndOutputRecord() {
        return false;
    }

    @Override
    public boolean supportsExecuteWithInputRecordOnly() {
        return true;
    }

    @Override
    public boolean supportsLocalTransactionDemarcation() {
        return false;
    }
}
